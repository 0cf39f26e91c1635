using System.Collections.Concurrent;
using CodRetrieve.Service.Dispatching;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Tests.Dispatching;

public sealed class SweepTests(PostgresFixture server) : IClassFixture<PostgresFixture>
{
    private const int Nodes = 8;
    private const int MaxShards = 3;

    [PostgresFact(Timeout = 120_000)]
    public async Task Nodes_that_look_at_the_same_moment_keep_the_limit_of_a_store_together()
    {
        string[] settings = [$"--Service:Stores:store:MaxShards={MaxShards}", "--Service:Limits:StudiesPerShard=1"];
        await using var service = await TestService.CreateAsync(await server.CreateDatabaseAsync(), settings: settings);
        await service.AddNodesAsync(1, workers: 100);

        // Several requests, of which each look takes some: one that looks a moment later finds other shards waiting.
        foreach (var request in Enumerable.Range(1, 4))
        {
            await service.RequestAsync(Enumerable.Range(1, 50).Select(number => $"1.2.{request}.{number}"));
        }

        for (var round = 0; round < 10; round++)
        {
            var enqueued = new ConcurrentBag<long>();
            await Task.WhenAll(Enumerable.Range(0, Nodes).Select(_ => service.Get<Sweep>().RunAsync(enqueued.Add, default)));
            Assert.Equal(MaxShards, enqueued.Distinct().Count());
            Assert.Equal(MaxShards, enqueued.Count);
            Assert.Equal(MaxShards, await InHandAsync(service));
            await service.Get<Sweep>().TakeBackAsync(default);
        }
    }

    [PostgresFact(Timeout = 120_000)]
    public async Task Shards_are_enqueued_in_their_order_as_many_as_the_nodes_can_begin_next() => await CheckOrderAsync(await server.CreateDatabaseAsync());

    [Fact(Timeout = 120_000)]
    public async Task Shards_are_enqueued_in_their_order_in_SQLite_too() => await CheckOrderAsync(null);

    private static async Task CheckOrderAsync(string? database)
    {
        await using var service = await TestService.CreateAsync(database, settings: ["--Service:Limits:StudiesPerShard=1"]);
        await service.AddNodesAsync(1, workers: 16);
        var request = await service.RequestAsync(Enumerable.Range(1, 100).Select(number => $"1.2.{number}"));
        var enqueued = new List<long>();

        Assert.Equal(32, await service.Get<Sweep>().RunAsync(enqueued.Add, default));
        Assert.Equal(0, await service.Get<Sweep>().RunAsync(enqueued.Add, default));
        var first = await service.Ledger.ReadAsync(
            (context, token) => context.Shards.Where(shard => shard.RequestId == request.Id).OrderBy(shard => shard.FirstNumber).Take(32).Select(shard => shard.Id).ToListAsync(token), default);
        Assert.Equal(first, enqueued);
    }

    private static Task<int> InHandAsync(TestService service) =>
        service.Ledger.ReadAsync((context, token) => context.Shards.CountAsync(shard => shard.State == ShardState.Queued, token), default);
}
