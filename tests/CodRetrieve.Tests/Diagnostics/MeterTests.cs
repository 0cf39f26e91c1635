using CodRetrieve.Diagnostics;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Diagnostics;

[Collection(TelemetryCollection.Name)]
public sealed class MeterTests
{
    [Fact(Timeout = 30_000)]
    public async Task Counts_what_a_job_did()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 10 });
        study.AddSeries(new() { InstanceCount = 5, InstanceSizeBytes = 300_000 });
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxConnections = 3);
        using var meter = new MeterRecorder();

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal(result.BytesDownloaded, meter.Sum("codretrieve.bytes.received"));
        Assert.Equal(15, meter.Sum("codretrieve.instances.saved"));
        Assert.Equal(0, meter.Sum("codretrieve.instances.failed"));
        Assert.Equal(0, meter.Sum("codretrieve.queue.series"));
        Assert.InRange(meter.Peak("codretrieve.queue.series"), 1, 2);
        Assert.Equal(0, meter.Sum("codretrieve.connections.active"));
        Assert.InRange(meter.Peak("codretrieve.connections.active"), 1, 3);
        Assert.True(meter.Count("codretrieve.segment.duration") >= 2);
        Assert.Equal(["codretrieve.segment.kind=range"], meter.TagsOf("codretrieve.segment.duration"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Counts_requests_that_failed_and_bodies_that_broke_as_retried()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 2);
        study.AddSeries(new() { InstanceCount = 10, InstanceSizeBytes = 100_000 });
        store.Put(study);
        store.Server.Faults.Add(Fault.Status(503), RequestKind.List, times: 2);
        store.Server.Faults.Add(Fault.ResetAfter(300_000), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal), times: 1);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxConnections = 1);
        using var meter = new MeterRecorder();

        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal(3, meter.Sum("codretrieve.requests.retried"));
        Assert.Equal(["error.type=Unavailable"], meter.TagsOf("codretrieve.requests.retried"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_cancelled_job_leaves_nothing_in_queue_or_flight()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 3);
        for (var i = 0; i < 5; i++)
        {
            study.AddSeries(new() { InstanceCount = 10, InstanceSizeBytes = 100_000 });
        }

        store.Put(study);
        store.Server.Faults.Add(Fault.StallAfter(200_000), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        using var meter = new MeterRecorder();

        await foreach (var saved in cod.CreateWatchedJob([study.StudyInstanceUid]).StreamAsync().OfType<InstanceSavedEventArgs>())
        {
            break;
        }

        Assert.True(meter.Peak("codretrieve.queue.series") > 0);
        Assert.Equal(0, meter.Sum("codretrieve.queue.series"));
        Assert.Equal(0, meter.Sum("codretrieve.connections.active"));
    }

    [Fact]
    public void Nothing_is_allocated_when_nobody_listens()
    {
        using var nobody = ProcessListeners.PauseTelemetry();
        CountAll();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            CountAll();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void CountAll()
    {
        CodMeter.BytesReceived.Add(1);
        CodMeter.InstancesSaved.Add(1);
        CodMeter.InstancesFailed.Add(1);
        CodMeter.SeriesQueued.Add(1);
        CodMeter.ConnectionsActive.Add(1);
        CodMeter.RequestRetried(ObjectStoreFailure.Unavailable);
        CodMeter.SegmentEnded(TimeSpan.FromSeconds(1), "range");
        CodMeter.InstanceDelivered("stow-rs", "Stored");
        CodMeter.BytesDelivered("stow-rs", 1);
        CodMeter.DeliveryRetried("stow-rs", 1);
        CodMeter.DeliveryEnded("stow-rs", TimeSpan.FromSeconds(1));
        CodActivities.StartSegment("1.2", "1.2.3", "range", 1)?.Dispose();
    }
}
