using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Tests.Support;
using CodRetrieve.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace CodRetrieve.Service.Tests.Survival;

/// <summary>A shard that runs for longer than Hangfire leaves a job to its worker without asking (5 min). It takes over 6 min, and so runs only with <c>COD_SURVIVAL_LONG_SHARD=1</c>.</summary>
public sealed class LongShardTests(ITestOutputHelper output)
{
    private static readonly TimeSpan InvisibilityTimeout = TimeSpan.FromMinutes(5);

    [Trait("Duration", "long")]
    [LongShardFact]
    public async Task Shard_that_outlasts_the_invisibility_timeout_is_run_once_also_while_the_database_restarts()
    {
        // 41 studies of 1.1 MB at 120 kB/s, and not cut into shards for several nodes.
        await using var site = await SurvivalSite.StartAsync(
            await PostgresServer.StartAsync(), new TestLink(), 41, "--Service:Stores:store:MaxBytesPerSecond=120000", "--Service:Stores:store:MaxShards=1", "--Service:Node:Lease=00:00:30", "--Service:Limits:StudiesPerShard=100");
        try
        {
            for (var node = 0; node < 3; node++)
            {
                site.StartNode();
            }

            var request = await site.RequestAsync();
            await SurvivalSite.WaitAsync(async () => (await site.RequestAsync(request)).Studies.Saved >= 10, TimeSpan.FromMinutes(5));
            await site.Postgres.CrashAsync();
            await site.Postgres.ResumeAsync();
            await site.EndAsync(request, TimeSpan.FromMinutes(15));
            await site.VerifyAsync(request);

            var runs = await site.ReadAsync((context, token) => context.Attempts.AsNoTracking().ToListAsync(token));
            var handedOut = await site.ReadAsync((context, token) => context.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM hangfire.state WHERE name = 'Processing'").SingleAsync(token));
            var run = Assert.Single(runs);
            var lasted = TimeSpan.FromMilliseconds(run.EndedAt!.Value - run.StartedAt);
            output.WriteLine($"one run of {lasted.TotalSeconds:0} s; Hangfire handed it out {handedOut} times");
            Assert.Equal(AttemptOutcome.Completed, run.Outcome);
            Assert.InRange(lasted, InvisibilityTimeout + TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(15));
        }
        catch
        {
            output.WriteLine(site.Outputs);
            throw;
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class LongShardFactAttribute : FactAttribute
    {
        public LongShardFactAttribute() => (Timeout, Skip) =
            (1_200_000, Environment.GetEnvironmentVariable("COD_SURVIVAL_LONG_SHARD") is null ? "Set COD_SURVIVAL_LONG_SHARD=1: it takes over 6 min." : new PostgresFactAttribute().Skip);
    }
}
