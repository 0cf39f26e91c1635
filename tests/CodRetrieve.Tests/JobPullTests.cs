using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

/// <summary><c>await foreach</c> over a job.</summary>
public sealed class JobPullTests
{
    [Fact(Timeout = 30_000)]
    public async Task Each_instance_comes_once_when_it_is_saved()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(1, instances: 30));
        using var folder = new TempFolder();
        using var cod = store.Open(folder.Path);
        var job = await cod.WatchedDownloadAsync([study.StudyInstanceUid]);
        var recorder = new JobRecorder(job);
        var names = new List<string>();

        await foreach (var saved in job.RunAsync())
        {
            Assert.True(File.Exists(saved.Location));
            Assert.True(saved.IsVerified);
            names.Add($"{saved.Instance.Series.StudyInstanceUid}/{saved.Instance.Series.SeriesInstanceUid}/{saved.Instance.SopInstanceUid}");
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
        using var cod = store.Open(folder.Path, options => options.MaxConnections = 1);
        var job = await cod.WatchedDownloadAsync([study.StudyInstanceUid]);

        await foreach (var saved in job.RunAsync())
        {
            break;
        }

        Assert.Equal(JobOutcome.Cancelled, job.Result!.Outcome);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.partial", SearchOption.AllDirectories));

        // The directory is free at once, and the next job goes on.
        var result = await (await cod.WatchedDownloadAsync([study.StudyInstanceUid])).StartAsync();
        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.InRange(result.InstancesSkipped, 1, 99);
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task Who_takes_slowly_holds_the_job_back()
    {
        // One connection: what is taken, what waits (64), and the one instance that is saved but finds no room.
        const int Ahead = 64 + 1;
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(3, instances: 150));
        using var folder = new TempFolder();
        using var cod = store.Open(folder.Path, options => options.MaxConnections = 1);
        var job = await cod.WatchedDownloadAsync([study.StudyInstanceUid]);
        var (raised, taken) = (0, 0);
        var isFull = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        job.Saved += (_, _) =>
        {
            if (Interlocked.Increment(ref raised) == Ahead + 1)
            {
                isFull.SetResult();
            }
        };

        await foreach (var saved in job.RunAsync())
        {
            taken++;
            if (taken == 1)
            {
                await isFull.Task;
            }

            // One more may be on its way between the taking and this line. Events may be raised later than the instance is given.
            Assert.InRange(Volatile.Read(ref raised), 0, taken + Ahead + 1);
        }

        Assert.Equal(150, taken);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_gives_what_is_saved_and_then_throws()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(4, instances: 100));
        store.Server.Faults.Add(Fault.StallAfter(200_000), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal));
        using var folder = new TempFolder();
        using var cod = store.Open(folder.Path, options => options.MaxConnections = 1);
        using var cancel = new CancellationTokenSource();
        var job = await cod.WatchedDownloadAsync([study.StudyInstanceUid]);
        var taken = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var saved in job.RunAsync(cancel.Token))
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
    public async Task A_stopped_job_throws_out_of_the_loop()
    {
        await using var store = await TestStore.StartAsync(new() { AcceptedTokens = [] });
        var study = store.Put(Study(5, instances: 2));
        using var folder = new TempFolder();
        using var cod = store.Open(folder.Path);
        var job = await cod.WatchedDownloadAsync([study.StudyInstanceUid]);

        var stopped = await Assert.ThrowsAsync<JobStoppedException>(async () => await TakeAllAsync(job));

        Assert.Same(job.Result, stopped.Result);
        Assert.Equal(JobOutcome.Stopped, stopped.Result.Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_runs_once_whichever_way()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(6, instances: 2));
        using var folder = new TempFolder();
        using var cod = store.Open(folder.Path);
        var job = await cod.WatchedDownloadAsync([study.StudyInstanceUid]);
        Assert.Null(job.Result);
        await TakeAllAsync(job);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await TakeAllAsync(job));
        await Assert.ThrowsAsync<InvalidOperationException>(() => job.StartAsync());
    }

    private static async Task TakeAllAsync(Job job)
    {
        await foreach (var saved in job.RunAsync())
        {
            Assert.NotNull(saved);
        }
    }

    private static SyntheticStudy Study(int seed, int instances)
    {
        var study = new SyntheticStudy(seed: seed);
        study.AddSeries(new() { InstanceCount = instances, InstanceSizeBytes = 33_872, MetadataBytesPerInstance = 0 });
        return study;
    }
}
