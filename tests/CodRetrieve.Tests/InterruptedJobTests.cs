using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

/// <summary>What the result of a job says that was stopped or cancelled in the middle.</summary>
public sealed class InterruptedJobTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_cancelled_job_counts_what_it_saved_of_the_series_it_was_in_the_middle_of()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store);
        var second = study.Series[1];
        store.Server.Faults.Add(Fault.StallAfter(100_000), RequestKind.Media, name => name == second.TarName(TestStore.Prefix));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        using var cancel = new CancellationTokenSource();
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        var recorder = new JobRecorder(job);
        var running = job.RunAsync(cancel.Token);
        await store.Server.WaitForRequestAsync(request => request.BytesSent == 100_000);
        await WaitForAsync(() => recorder.Of<SeriesExtractedEventArgs>().Any() && SavedFiles.InFolder(folder.Path).Count >= 10 + 4);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        var result = recorder.Of<JobCompletedEventArgs>().Single().Result;
        Assert.Equal(JobOutcome.Cancelled, result.Outcome);
        Assert.Equal(SavedFiles.InFolder(folder.Path).Count, result.InstancesSaved);
        Assert.Equal(recorder.Of<InstanceSavedEventArgs>().Sum(args => args.Result.SizeBytes), result.BytesSaved);
        Assert.Equal([SeriesOutcome.Saved, SeriesOutcome.Interrupted], result.Series.Select(series => series.Outcome));
        Assert.Equal((second.SeriesInstanceUid, 0), (result.Series[1].SeriesInstanceUid, result.Series[1].InstancesFailed));
        Assert.InRange(result.Series[1].InstancesSaved, 4, 9);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_stopped_job_keeps_the_failures_of_the_series_it_was_in_the_middle_of()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store);
        var instances = study.Series[0].Instances;
        var handler = new MemorySaveHandler
        {
            BeforeReading = (instance, _) => instance.SopInstanceUid == instances[2].SopInstanceUid ? throw new NotSupportedException("Not this one.")
                : instance.SopInstanceUid == instances[5].SopInstanceUid ? throw new DestinationException(DestinationFailure.Full, "Full.")
                : Task.CompletedTask,
        };
        await using var cod = new CodDownload(store.Options(options => options.MaxConnections = 1));
        cod.InitBucket(TestStore.Url);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid], handler);

        var stopped = await Assert.ThrowsAsync<JobFailedException>(() => job.RunAsync());

        var series = stopped.Result.Series.Single(one => one.SeriesInstanceUid == study.Series[0].SeriesInstanceUid);
        Assert.Equal((SeriesOutcome.Interrupted, 4, 1), (series.Outcome, series.InstancesSaved, series.InstancesFailed));
        Assert.Equal(instances[2].SopInstanceUid, Assert.Single(stopped.Result.Failures).SopInstanceUid);
        Assert.Equal(handler.Saved.Count, stopped.Result.InstancesSaved);
    }

    private static SyntheticStudy Put(TestStore store)
    {
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 10, InstanceSizeBytes = 20_000 });
        study.AddSeries(new() { InstanceCount = 10, InstanceSizeBytes = 20_000 });
        return store.Put(study);
    }

    // Files appear a moment before they are told of; the test's own time limit ends the wait.
    private static async Task WaitForAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(10);
        }
    }
}
