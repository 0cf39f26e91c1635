using System.Diagnostics;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Tests.Support;

namespace CodRetrieve.Service.Tests.Running;

public sealed class NamedStoresTests
{
    private const int Workers = 16;
    private const int BytesPerSecond = 1_000_000;

    [Fact(Timeout = 180_000)]
    public async Task Worker_that_runs_alone_has_the_whole_rate_of_the_node_and_several_keep_it_together()
    {
        await using var store = await TestStoreServer.StartAsync(3, instanceSizeBytes: 200_000);
        string[] settings = [store.Endpoint, $"--Service:Node:Workers={Workers}", $"--Service:Node:MaxBytesPerSecond={BytesPerSecond}", "--Service:Limits:StudiesPerShard=1"];
        await using var service = await (await TestService.CreateAsync(store: TestStoreServer.Url, settings: settings)).StartAsync();

        // A megabyte: one second, or sixteen for a worker that has its part only. Faster than the limit is a fault; slower may be a busy machine.
        Assert.InRange(await TimeAsync(service, store.Uids.Take(1)), TimeSpan.FromSeconds(0.7), TimeSpan.FromSeconds(12));
        Assert.InRange(await TimeAsync(service, store.Uids.Skip(1)), TimeSpan.FromSeconds(1.7), TimeSpan.FromSeconds(60));
    }

    private static async Task<TimeSpan> TimeAsync(TestService service, IEnumerable<string> studies)
    {
        var clock = Stopwatch.StartNew();
        var ended = await service.EndOfAsync((await service.RequestAsync(studies)).Id);
        Assert.Equal(RequestState.Completed, ended.State);
        return clock.Elapsed;
    }
}
