using CodRetrieve.Service.Tests.Support;
using CodRetrieve.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace CodRetrieve.Service.Tests.Survival;

/// <summary>A node that is cut off from the database only: the store and the shared folder are within its reach.</summary>
public sealed class PartitionTests(ITestOutputHelper output)
{
    [Trait("Duration", "long")]
    [PostgresFact(Timeout = 600_000)]
    public async Task Node_that_is_cut_off_from_the_database_publishes_nothing_any_more_and_goes_on_when_it_is_back()
    {
        // Slow enough that there is work left in the end.
        var link = new TestLink { BytesPerSecond = 4 << 20, BytesPerSecondPerConnection = 1 << 20 };
        await using var site = await SurvivalSite.StartAsync(await PostgresServer.StartAsync(), link, 72, "--Service:Limits:StudiesPerShard=12");
        using var relay = new Relay(site.Postgres.Port);
        try
        {
            var request = await site.RequestAsync();
            var cut = site.StartNode(relay.Port);
            await SurvivalSite.WaitAsync(async () => (await site.HeldAsync(cut.Id)).Count > 1 && (await site.RequestAsync(request)).Studies.Saved >= 2);

            // Nobody says anything: bytes vanish.
            var held = await site.HeldAsync(cut.Id);
            var since = DateTime.UtcNow;
            relay.Silence();
            await SurvivalSite.WaitAsync(() => Task.FromResult(cut.Lines("could not be renewed in time") >= held.Count), TimeSpan.FromSeconds(55));
            output.WriteLine($"silent: given up after {(DateTime.UtcNow - since).TotalSeconds:0.0} s");
            await SurvivalSite.WaitAsync(async () => (await site.HeldAsync(cut.Id)).Count == 0);
            var saved = SavedFiles.InFolder(site.Service.Destination);
            Assert.NotEmpty(saved);

            // Until another node claims something, what is in the folder is what there was when the lease ended.
            var (last, claims) = (saved, await site.ClaimsAsync());
            var others = new[] { site.StartNode(), site.StartNode() };
            await SurvivalSite.WaitAsync(async () =>
            {
                var now = SavedFiles.InFolder(site.Service.Destination);
                var isClaimed = await site.ClaimsAsync() > claims;
                last = isClaimed ? last : now;
                return isClaimed;
            });
            Assert.Equal(saved, last);
            await SurvivalSite.WaitAsync(() => OthersClaimAsync(site, held, cut.Id));

            // The others end, and what is left is for the one that was cut off.
            await KillAsync(others);
            await HealAsync(site, relay, cut, "silence");

            // Each packet is refused.
            held = await site.HeldAsync(cut.Id);
            relay.Refuse();
            var third = site.StartNode();
            await SurvivalSite.WaitAsync(() => OthersClaimAsync(site, held, cut.Id));
            await KillAsync(third);
            await HealAsync(site, relay, cut, "refusal");

            Assert.False((await site.RequestAsync(request)).IsEnded);
            await site.EndAsync(request);
            await site.VerifyAsync(request);
            Assert.False(cut.HasExited);
        }
        catch
        {
            output.WriteLine(site.Outputs);
            throw;
        }
    }

    private async Task HealAsync(SurvivalSite site, Relay relay, ServiceProcess node, string after)
    {
        var (claims, since) = (await site.ClaimsAsync(node.Id), DateTime.UtcNow);
        relay.Heal();
        await SurvivalSite.WaitAsync(async () => await site.ClaimsAsync(node.Id) > claims);
        output.WriteLine($"after {after}: claims again after {(DateTime.UtcNow - since).TotalSeconds:0.0} s");
    }

    private static async Task KillAsync(params ServiceProcess[] nodes)
    {
        foreach (var node in nodes)
        {
            await node.KillAsync();
        }
    }

    private static Task<bool> OthersClaimAsync(SurvivalSite site, List<long> shards, int process) => site.ReadAsync(async (context, token) =>
        await context.Shards.CountAsync(shard => shards.Contains(shard.Id) && !context.Nodes.Any(node => node.Id == shard.NodeId && node.ProcessId == process), token) == shards.Count);
}
