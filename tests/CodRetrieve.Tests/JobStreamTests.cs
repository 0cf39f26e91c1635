using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

/// <summary><c>await foreach</c> over a job.</summary>
public sealed class JobStreamTests
{
    [Fact(Timeout = 30_000)]
    public async Task Each_instance_is_enumerated_once_when_it_is_saved()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(1, instances: 30));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        var recorder = new JobRecorder(job);
        var names = new List<string>();

        await foreach (var saved in job.StreamAsync().OfType<InstanceSavedEventArgs>())
        {
            Assert.True(File.Exists(saved.Result.Location));
            Assert.True(saved.Result.IsVerified);
            names.Add($"{saved.Result.Instance.Series.StudyInstanceUid}/{saved.Result.Instance.Series.SeriesInstanceUid}/{saved.Result.Instance.SopInstanceUid}");
        }

        Assert.Equal(study.Expected().Keys, names.Order(StringComparer.Ordinal));
        Assert.Equal(names.Count, recorder.Of<InstanceSavedEventArgs>().Count());
        Assert.Equal(JobOutcome.Complete, job.Result!.Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task Leaving_the_loop_cancels_the_job_and_waits_for_its_end()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(2, instances: 100));
        store.Server.Faults.Add(Fault.StallAfter(200_000), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal), times: 1);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxConnections = 1);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);

        await foreach (var saved in job.StreamAsync().OfType<InstanceSavedEventArgs>())
        {
            break;
        }

        Assert.Equal(JobOutcome.Cancelled, job.Result!.Outcome);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.partial", SearchOption.AllDirectories));

        // The directory is free at once, and the next job goes on.
        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();
        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.InRange(result.InstancesSkipped, 1, 99);
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task Slow_consumer_applies_back_pressure()
    {
        // What waits in the stream (64), what waits to be raised (1), and what is being raised (1).
        const int Ahead = 64 + 1 + 1;
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(3, instances: 150));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxConnections = 1);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        var (raised, taken, saved) = (0, 0, 0);
        var isFull = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        job.Progress += (_, _) => Count();
        job.Saved += (_, _) => Count();
        job.Downloaded += (_, _) => Count();
        job.Extracted += (_, _) => Count();
        job.Completed += (_, _) => Count();

        await foreach (var args in job.StreamAsync())
        {
            taken++;
            saved += args is InstanceSavedEventArgs ? 1 : 0;
            if (taken == 1)
            {
                await isFull.Task;
            }

            // One more may be on its way between the taking and this line.
            Assert.InRange(Volatile.Read(ref raised), taken, taken + Ahead);
        }

        Assert.Equal(150, saved);

        void Count()
        {
            if (Interlocked.Increment(ref raised) == Ahead)
            {
                isFull.SetResult();
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_enumerates_what_was_saved_and_then_throws()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(4, instances: 100));
        store.Server.Faults.Add(Fault.StallAfter(200_000), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxConnections = 1);
        using var cancel = new CancellationTokenSource();
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        var taken = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var saved in job.StreamAsync(cancel.Token).OfType<InstanceSavedEventArgs>())
            {
                taken++;
                await cancel.CancelAsync();
            }
        });

        Assert.InRange(taken, 1, 99);
        Assert.Equal(taken, SavedFiles.InFolder(folder.Path).Count);
        Assert.Equal(JobOutcome.Cancelled, job.Result!.Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_that_fails_throws_out_of_the_loop()
    {
        await using var store = await TestStore.StartAsync(new() { AcceptedTokens = [] });
        var study = store.Put(Study(5, instances: 2));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);

        var stopped = await Assert.ThrowsAsync<JobFailedException>(async () => await TakeAllAsync(job));

        Assert.Same(job.Result, stopped.Result);
        Assert.Equal(JobOutcome.Failed, stopped.Result.Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_runs_once_whichever_way()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(6, instances: 2));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        Assert.Null(job.Result);
        await TakeAllAsync(job);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await TakeAllAsync(job));
        await Assert.ThrowsAsync<InvalidOperationException>(() => job.RunAsync());
    }

    private static async Task TakeAllAsync(Job job)
    {
        await foreach (var args in job.StreamAsync())
        {
            Assert.NotNull(args);
        }
    }

    private static SyntheticStudy Study(int seed, int instances)
    {
        var study = new SyntheticStudy(seed: seed);
        study.AddSeries(new() { InstanceCount = instances, InstanceSizeBytes = 33_872, MetadataBytesPerInstance = 0 });
        return study;
    }
}
