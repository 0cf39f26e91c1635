using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Tests.Support;
using CodRetrieve.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace CodRetrieve.Service.Tests.Survival;

/// <summary>
/// Three nodes and PostgreSQL while everything is killed, suspended and cut off: <c>COD_SURVIVAL_STUDIES</c> and <c>COD_SURVIVAL_KILLS</c> make it as long as wanted.
/// </summary>
public sealed class SurvivalTests(ITestOutputHelper output)
{
    private const int Nodes = 3;

    [Trait("Duration", "long")]
    [PostgresFact(Timeout = 3_600_000)]
    public async Task Every_study_is_saved_exactly_once_while_nodes_are_killed_and_suspended_and_the_database_fails()
    {
        var (studyCount, kills) = (SurvivalSite.Setting("COD_SURVIVAL_STUDIES", 240), SurvivalSite.Setting("COD_SURVIVAL_KILLS", 8));
        var link = new TestLink { BytesPerSecond = 40 << 20, BytesPerSecondPerConnection = 2 << 20 };
        await using var site = await SurvivalSite.StartAsync(await PostgresServer.StartAsync(), link, studyCount, "--Service:Limits:StudiesPerShard=20");
        using var relay = new Relay(site.Postgres.Port);
        for (var node = 0; node < Nodes; node++)
        {
            site.StartNode(node == 0 ? relay.Port : null);
        }

        try
        {
            var request = await site.RequestAsync();
            await MakeTroubleAsync(site, relay, request, kills);
            await site.EndAsync(request, TimeSpan.FromMinutes(30));
            await site.VerifyAsync(request);
            await ReportAsync(site);
        }
        catch
        {
            output.WriteLine(site.Outputs);
            throw;
        }
    }

    // Waits for what the ledger shows, and never for a time alone: a kill comes when something has been saved since the last one.
    private async Task MakeTroubleAsync(SurvivalSite site, Relay relay, long request, int kills)
    {
        var random = new Random(17);
        for (var kill = 0; kill < kills; kill++)
        {
            var before = await site.RequestAsync(request);
            if (before.IsEnded)
            {
                output.WriteLine($"ended after {kill} kills");
                break;
            }

            if (kill == kills / 3 || kill == 2 * kills / 3)
            {
                output.WriteLine("the database restarts");
                await site.Postgres.CrashAsync();
                await site.Postgres.ResumeAsync();
            }

            if (kill == 1)
            {
                // Until every lease has run out: nobody can renew, record or claim.
                output.WriteLine("the database is read-only");
                await site.Postgres.ExecuteAsync("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()");
                await SurvivalSite.WaitAsync(async () => !await site.ReadAsync(
                    (context, token) => context.Shards.AnyAsync(shard => shard.State == ShardState.Running && shard.LeaseUntil > LedgerContext.Now(), token)));
                await site.Postgres.ExecuteAsync("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()");
            }

            var victim = random.Next(Nodes);
            if (kill == kills / 2)
            {
                // Beyond its lease: another node has its shards when it wakes up, and it must notice.
                var node = site.Nodes[victim];
                output.WriteLine($"node {node.Id} is suspended");
                await node.SuspendAsync();
                var claims = await site.ClaimsAsync();
                await SurvivalSite.WaitAsync(async () => (await site.HeldAsync(node.Id)).Count == 0 && await site.ClaimsAsync() > claims);
                await node.ContinueAsync();
            }

            if (kill % 10 == 9)
            {
                // In a long run only. Until its leases have ended, as the database has it.
                output.WriteLine($"node {site.Nodes[0].Id} is cut off");
                relay.Silence();
                await SurvivalSite.WaitAsync(async () => (await site.HeldAsync(site.Nodes[0].Id)).Count == 0);
                relay.Heal();
            }

            await site.ReplaceAsync(victim, victim == 0 ? relay.Port : null);
            var ended = before.Studies.Saved;
            await SurvivalSite.WaitAsync(async () => await site.RequestAsync(request) is var now && (now.IsEnded || now.Studies.Saved >= ended + Math.Min(10, now.Studies.Waiting)));
        }
    }

    private async Task ReportAsync(SurvivalSite site)
    {
        var outcomes = await site.ReadAsync((context, token) => context.Attempts.GroupBy(attempt => attempt.Outcome).Select(group => new { group.Key, Count = group.Count() }).ToListAsync(token));
        var wanted = site.Studies.Sum(study => study.Series.Sum(series => series.Instances.Sum(instance => instance.SizeBytes)));
        var sent = site.Store.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal));
        output.WriteLine($"runs: {string.Join(", ", outcomes.Select(outcome => $"{outcome.Count} {outcome.Key}"))}");
        output.WriteLine($"wanted {wanted} bytes, sent {sent}: {100.0 * (sent - wanted) / wanted:0.0} % extra");
        Assert.Contains(outcomes, outcome => outcome.Key == AttemptOutcome.LeaseLost);
        Assert.InRange(sent, wanted, 2 * wanted);
    }
}
