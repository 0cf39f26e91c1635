using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Catalog;

/// <summary>Small series over many round trips: as many requests in flight as there may be, whatever they ask for.</summary>
public sealed class CatalogConcurrencyTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(1, 120, 8)]
    [InlineData(1, 120, 32)]
    [InlineData(120, 1, 32)]
    public async Task All_connections_are_in_use_for_one_study_of_many_series_and_for_many_of_one(int studies, int series, int connections)
    {
        await using var store = await TestStore.StartAsync(new GcsTestServerOptions { Latency = TimeSpan.FromMilliseconds(60) });
        var uids = Enumerable.Range(1, studies).Select(seed =>
        {
            var study = new SyntheticStudy(seed: seed);
            for (var i = 0; i < series; i++)
            {
                study.AddSeries(new() { InstanceCount = 1, InstanceSizeBytes = 2_000, MetadataBytesPerInstance = 0 });
            }

            return store.Put(study).StudyInstanceUid;
        }).ToList();
        await using var cod = new CodDownload(store.Options(options => (options.MinConnections, options.MaxConnections) = (connections, connections)));
        cod.InitBucket(TestStore.Url);

        var result = await cod.CreateWatchedJob(uids, new MemorySaveHandler()).RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.InRange(store.Server.PeakConcurrentRequests, connections - 2, connections);
    }
}
