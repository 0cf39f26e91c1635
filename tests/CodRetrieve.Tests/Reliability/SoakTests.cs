using System.Globalization;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Xunit.Abstractions;

namespace CodRetrieve.Tests.Reliability;

/// <summary>Gigabytes through a server that fails at random. The seed is printed; COD_SEED in the environment repeats one.</summary>
[Trait("Duration", "long")]
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int Studies = 40;
    private const int SeriesPerStudy = 11;
    private const int InstancesPerSeries = 24;
    private const int InstanceBytes = 512_000;

    [Fact(Timeout = 300_000)]
    public async Task Five_gigabytes_come_whole_from_a_server_that_fails_at_random()
    {
        var seed = TestSeed.Next(output);
        await using var store = await TestStore.StartAsync(new() { FaultSeed = seed });
        var studies = Enumerable.Range(0, Studies).Select(i => store.Put(StudyOf(seed + i))).ToList();
        AddFaults(store.Server.Faults);
        var scan = new LeakScan();
        await using var cod = new CodDownload(store.Options(options =>
        {
            options.IdleTimeout = TimeSpan.FromSeconds(1);
            options.LoggerFactory = scan;
        }));
        cod.InitBucket(TestStore.Url);
        var handler = new MemorySaveHandler();
        var job = cod.CreateWatchedJob(studies.Select(study => study.StudyInstanceUid), handler);

        var result = await job.RunAsync();

        scan.Add(result);
        var data = result.BytesSaved;
        var requests = store.Server.Requests;
        var sent = requests.Sum(request => request.BytesSent);
        var listed = requests.Where(request => request.Kind == RequestKind.List).Sum(request => request.BytesSent);
        var struck = string.Join(", ", store.Server.Faults.Rules.Select(rule => $"{rule.Hits} {rule.Fault}"));
        Print($"{data:N0} bytes of data in {result.InstancesSaved:N0} instances, {result.Elapsed.TotalSeconds:0.0} s");
        Print($"{requests.Count:N0} requests, {store.Server.Faults.HitCount} of them struck: {struck}");
        Print($"{sent:N0} bytes sent ({100.0 * (sent - data) / data:0.00} % more than the data), {result.BytesDownloaded:N0} of tars received; {listed:N0} of listings");

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(studies.SelectMany(study => study.Expected()).OrderBy(pair => pair.Key, StringComparer.Ordinal), handler.Saved.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.InRange(data, 5_000_000_000, long.MaxValue);
        Assert.InRange(sent, data, (long)(data * 1.03));
        Assert.All(store.Server.Faults.Rules, rule => Assert.NotEqual(0, rule.Hits));
        scan.AssertNothingLeaked();
    }

    // The first rule that strikes decides, so that each chance counts for what the ones before have spared: close enough to what it says.
    private static void AddFaults(FaultPlan faults)
    {
        faults.Add(Fault.Status(503), probability: 0.05);
        faults.Add(Fault.ResetAfterRandom(), probability: 0.03);
        faults.Add(Fault.CutAfterRandom(), probability: 0.02);
        // Listings carry no checksum; TLS guards them.
        faults.Add(Fault.FlipBitAtRandom(), RequestKind.Media, probability: 0.005);
        faults.Add(Fault.StallAfterRandom(), probability: 0.005);
        // However the dice fall, each fault is met.
        faults.Add(Fault.FlipBitAtRandom(), RequestKind.Media, times: 1, skip: 50);
        faults.Add(Fault.StallAfterRandom(), RequestKind.Media, times: 1, skip: 100);
    }

    private static SyntheticStudy StudyOf(int seed)
    {
        var study = new SyntheticStudy(seed: seed);
        for (var i = 0; i < SeriesPerStudy; i++)
        {
            study.AddSeries(new() { InstanceCount = InstancesPerSeries, InstanceSizeBytes = InstanceBytes, TarHashes = ObjectHashes.None });
        }

        return study;
    }

    private void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
