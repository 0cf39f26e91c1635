using System.Globalization;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Tests.Support;
using CodRetrieve.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace CodRetrieve.Service.Tests.Scaling;

/// <summary>
/// Nodes as processes, each with a link of its own to the store. <c>COD_SCALING_STUDIES</c> makes it the long form: 1, 2 and 4 nodes, and the figures of docs/service.md.
/// </summary>
[CollectionDefinition(nameof(ScalingTests), DisableParallelization = true)]
[Collection(nameof(ScalingTests))]
public sealed class ScalingTests(ITestOutputHelper output)
{
    private const long InstanceBytes = 512 << 10;

    // Links so slow that neither the processors nor the disk are what limits even four nodes.
    private static readonly Form Short = new(Studies: 24, InstancesPerStudy: 1, BytesPerSecond: 1 << 20, Nodes: [1, 2], LeastGain: 1.3);
    private static readonly Form Long = new(Studies: 0, InstancesPerStudy: 4, BytesPerSecond: 2 << 20, Nodes: [1, 2, 4], LeastGain: 1.9);

    [Trait("Duration", "long")]
    [PostgresFact(Timeout = 1_200_000)]
    public async Task Nodes_share_the_studies_of_one_request()
    {
        var form = int.TryParse(Environment.GetEnvironmentVariable("COD_SCALING_STUDIES"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Long with { Studies = count } : Short;
        using var folder = new TempFolder();
        var studies = Enumerable.Range(1, form.Studies).Select(seed => Study(seed, form.InstancesPerStudy)).ToList();
        var link = new TestLink { BytesPerSecond = form.BytesPerSecond };
        var stores = await Task.WhenAll(Enumerable.Range(0, form.Nodes[^1]).Select(_ => GcsTestServer.StartAsync(new GcsTestServerOptions { Link = link })));
        await using var postgres = await PostgresServer.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var service = await TestService.CreateAsync(database, "gs://scaling/cod", folder, null, [.. Destinations(folder, form.Nodes), "--Service:Node:RunsShards=false"]);
        var nodes = new List<ServiceProcess>();
        try
        {
            var rates = new List<double>();
            foreach (var nodeCount in form.Nodes)
            {
                while (nodes.Count < nodeCount)
                {
                    var store = stores[nodes.Count];
                    var bucket = store.CreateBucket("scaling");
                    studies.ForEach(study => study.PutInto(bucket, "cod"));
                    nodes.Add(ServiceProcess.Start(NodeArguments(folder, database, store, form.Nodes)));
                }

                await WarmUpAsync(service, studies, nodeCount);
                Array.ForEach(stores, static store => store.ClearRequests());
                rates.Add(await MeasureAsync(service, studies, nodeCount));
                var fetched = stores.Take(nodeCount).Select(store => store.MediaBytesSent()).ToList();
                output.WriteLine($"  fetched by each: {string.Join(", ", fetched.Select(static bytes => $"{bytes >> 20} MiB"))}");
                Assert.All(fetched, bytes => Assert.True(bytes > fetched.Sum() / (2 * nodeCount), $"{bytes} of {fetched.Sum()}"));
            }

            Assert.True(rates[1] >= form.LeastGain * rates[0], $"MB/s of {string.Join(", ", form.Nodes)} nodes: {string.Join(", ", rates)}");
        }
        catch
        {
            nodes.ForEach(node => output.WriteLine($"--- node {node.Id}, {(node.HasExited ? "ended" : "running")}:\n{node.Output}"));
            throw;
        }
        finally
        {
            foreach (IAsyncDisposable one in (IEnumerable<IAsyncDisposable>)[.. nodes, .. stores])
            {
                await one.DisposeAsync();
            }
        }
    }

    private static SyntheticStudy Study(int seed, int instanceCount)
    {
        var study = new SyntheticStudy(seed: seed);
        study.AddSeries(new SyntheticSeriesOptions { InstanceCount = instanceCount, InstanceSizeBytes = InstanceBytes });
        return study;
    }

    private static IEnumerable<string> Destinations(TempFolder folder, int[] nodeCounts) =>
        nodeCounts.Select(count => $"--Service:Destinations:nodes{count}:Directory={Path.Combine(folder.Path, $"nodes{count}")}");

    private static string[] NodeArguments(TempFolder folder, string database, GcsTestServer store, int[] nodeCounts) =>
    [
        "--Urls=http://127.0.0.1:0", $"--Service:DataDirectory={Path.Combine(folder.Path, "data")}", $"--Service:Destinations:folder:Directory={Path.Combine(folder.Path, "out")}",
        .. Destinations(folder, nodeCounts), "--Service:Stores:store:Url=gs://scaling/cod", $"--Service:Stores:store:Endpoint={store.Endpoint}",
        "--Service:Database:Provider=PostgreSql", $"--Service:Database:ConnectionString={database}",
    ];

    // Until each node has run a shard: what is measured is not how long a process takes to start.
    private static async Task WarmUpAsync(TestService service, List<SyntheticStudy> studies, int nodes)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (await service.Ledger.ReadAsync((context, token) => context.Attempts.Select(attempt => attempt.NodeId).Distinct().CountAsync(token), limit.Token) < nodes)
        {
            var warmUps = await Task.WhenAll(Enumerable.Range(0, 2 * nodes).Select(number => service.RequestAsync([studies[number].StudyInstanceUid])));
            foreach (var request in warmUps)
            {
                await service.EndOfAsync(request.Id);
            }
        }
    }

    // From acceptance to the end, on the clock of the database.
    private async Task<double> MeasureAsync(TestService service, List<SyntheticStudy> studies, int nodes)
    {
        var id = (await service.RequestAsync(studies.Select(study => study.StudyInstanceUid), new NewRequest("store", $"nodes{nodes}"))).Id;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(15));
        RequestDetails? request = null;
        await foreach (var one in service.Requests.WatchAsync(id, TestService.Caller, TimeSpan.FromMilliseconds(200), limit.Token))
        {
            request = one;
        }

        Assert.Equal((RequestState.Completed, studies.Count, studies.Sum(study => study.Series[0].Instances.Count)), (request!.State, request.Studies.Saved, (int)request.InstancesSaved));
        var took = request.EndedAt!.Value - request.CreatedAt;
        var rate = request.BytesSaved / took.TotalSeconds / 1e6;
        output.WriteLine($"nodes {nodes}: {request.BytesSaved / 1e6:0} MB in {took.TotalSeconds:0.0} s, {rate:0.00} MB/s, {request.ShardCount} shards");
        return rate;
    }

    private sealed record Form(int Studies, int InstancesPerStudy, long BytesPerSecond, int[] Nodes, double LeastGain);
}
