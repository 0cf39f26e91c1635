using System.Diagnostics;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Reliability;
using CodRetrieve.Tests.Support;
using Xunit.Abstractions;

namespace CodRetrieve.Tests.Jobs;

/// <summary>How whole jobs use a store that is far away.</summary>
[Collection(AloneCollection.Name)]
[Trait("Duration", "long")]
public sealed class ConcurrencyTests(ITestOutputHelper output)
{
    [Theory(Timeout = 300_000)]
    [InlineData(400, 1)]
    [InlineData(1, 400)]
    public async Task A_job_uses_nearly_as_many_requests_as_the_store_takes_at_once_and_nothing_fails(int studies, int series)
    {
        var twenty = await RunAsync(studies, series, null, options => (options.MinConnections, options.MaxConnections) = (20, 20));
        var limited = await RunAsync(studies, series, 20, static _ => { });

        output.WriteLine($"{twenty.TotalSeconds:0.00} s with 20 connections, {limited.TotalSeconds:0.00} s against a store that takes 20: {twenty / limited:0.00}");
        Assert.InRange(twenty / limited, 0.7, 1.5);
    }

    [Fact(Timeout = 300_000)]
    public async Task Left_to_itself_a_job_is_about_as_fast_as_with_the_greatest_number()
    {
        var fixedNumber = await RunAsync(400, 1, null, options => options.MinConnections = 64);
        var found = await RunAsync(400, 1, null, static _ => { });

        output.WriteLine($"{fixedNumber.TotalSeconds:0.00} s with 64 connections, {found.TotalSeconds:0.00} s left to itself: {fixedNumber / found:0.00}");
        Assert.InRange(fixedNumber / found, 0.5, 1.5);
    }

    private static async Task<TimeSpan> RunAsync(int studies, int series, int? maxRequests, Action<CodDownloadOptions> change)
    {
        await using var store = await TestStore.StartAsync(new GcsTestServerOptions { Link = new TestLink(), MaxConcurrentRequests = maxRequests });
        var uids = Enumerable.Range(1, studies).Select(seed =>
        {
            var study = new SyntheticStudy(seed: seed);
            for (var i = 0; i < series; i++)
            {
                study.AddSeries(new() { InstanceCount = 2, InstanceSizeBytes = 50_000, MetadataBytesPerInstance = 0 });
            }

            return store.Put(study).StudyInstanceUid;
        }).ToList();
        await using var cod = new CodDownload(store.Options(change));
        cod.InitBucket(TestStore.Url);
        var started = Stopwatch.GetTimestamp();

        var result = await cod.CreateWatchedJob(uids, new MemorySaveHandler()).RunAsync();

        Assert.Equal((JobOutcome.Complete, 2 * studies * series), (result.Outcome, result.InstancesSaved));
        return Stopwatch.GetElapsedTime(started);
    }
}
