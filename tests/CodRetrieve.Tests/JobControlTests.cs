using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

/// <summary>Starting, pausing, stopping and cancelling a job, and what it says of itself meanwhile.</summary>
public sealed class JobControlTests
{
    [Fact(Timeout = 30_000)]
    public async Task Start_returns_at_once_and_Completion_ends_with_the_result()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(1));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        Assert.Equal(JobState.Ready, job.State);
        Assert.False(job.Completion.IsCompleted);

        job.Start();

        Assert.NotEqual(JobState.Ready, job.State);
        var result = await job.Completion;
        Assert.Equal(JobState.Completed, job.State);
        Assert.Same(result, job.Result);
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
        Assert.Throws<InvalidOperationException>(job.Start);
    }

    [Fact(Timeout = 30_000)]
    public async Task Pausing_finishes_what_is_under_way_and_resuming_goes_on()
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(1, 3).Select(seed => store.Put(Study(seed))).ToList();
        await using var cod = OpenWithOneConnection(store);
        var pausing = new TaskCompletionSource<Task>();
        Job? job = null;
        var handler = new MemorySaveHandler { BeforeReading = (_, _) => { if (!pausing.Task.IsCompleted) { pausing.SetResult(job!.PauseAsync()); } return Task.CompletedTask; } };
        job = cod.CreateWatchedJob(studies.Select(study => study.StudyInstanceUid), handler);
        job.Start();

        await await pausing.Task;

        Assert.Equal(JobState.Paused, job.State);
        Assert.Equal(10, handler.Saved.Count);
        var bytes = store.Server.MediaBytesSent(IsTar);
        await job.PauseAsync();
        Assert.Equal(bytes, store.Server.MediaBytesSent(IsTar));

        job.Resume();
        Assert.Equal(JobOutcome.Complete, (await job.Completion).Outcome);
        Assert.Equal(studies.Expected(), new SortedDictionary<string, string>(handler.Saved, StringComparer.Ordinal));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stopping_finishes_what_is_under_way_and_another_job_continues(bool isPaused)
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(1, 8).Select(seed => store.Put(Study(seed))).ToList();
        await using var cod = OpenWithOneConnection(store);
        var stopping = new TaskCompletionSource<Task>();
        Job? job = null;
        var handler = new MemorySaveHandler { BeforeReading = (_, _) => { stopping.TrySetResult(isPaused ? job!.PauseAsync() : job!.StopAsync()); return Task.CompletedTask; } };
        job = cod.CreateWatchedJob(studies.Select(study => study.StudyInstanceUid), handler);
        job.Start();
        await await stopping.Task;

        await job.StopAsync();

        var result = await job.Completion;
        Assert.Equal((JobOutcome.Stopped, JobState.Completed), (result.Outcome, job.State));
        Assert.Empty(result.Failures);
        Assert.Equal((10, 10), (result.InstancesSaved, handler.Saved.Count));

        var rest = await cod.CreateWatchedJob(studies.Select(study => study.StudyInstanceUid), handler).RunAsync();
        Assert.Equal((JobOutcome.Complete, 10, 70), (rest.Outcome, rest.InstancesSkipped, rest.InstancesSaved));
        Assert.Equal(studies.Expected(), new SortedDictionary<string, string>(handler.Saved, StringComparer.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Stopping_does_not_wait_until_the_store_wants_to_be_asked_again()
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(1, 8).Select(seed => store.Put(Study(seed)).StudyInstanceUid).ToList();
        store.Server.Faults.Add(Fault.Status(429, TimeSpan.FromMinutes(10)), RequestKind.Media, IsTar, times: 1);
        await using var cod = new CodDownload(store.Options(options =>
            (options.MaxConnections, options.MaxRetryAttempts, options.MaxOutage) = (2, 0, TimeSpan.FromHours(1))));
        cod.InitBucket(TestStore.Url);
        var job = cod.CreateWatchedJob(studies, new MemorySaveHandler());
        job.Error += (_, _) => _ = job.StopAsync();

        var result = await job.RunAsync();

        Assert.Equal(JobOutcome.Stopped, result.Outcome);
        Assert.InRange(store.Server.Requests.Count(request => request.ObjectName is { } name && IsTar(name)), 1, 4);
    }

    [Fact(Timeout = 30_000)]
    public async Task Stopping_when_everything_is_planned_and_under_way_still_completes()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(1));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        job.Completed += (_, _) => _ = job.StopAsync();

        Assert.Equal(JobOutcome.Complete, (await job.RunAsync()).Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_stopped_before_its_run_fetches_nothing()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(1));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);

        await job.StopAsync();

        Assert.Equal(JobOutcome.Stopped, (await job.RunAsync()).Outcome);
        Assert.Equal(0, store.Server.MediaBytesSent(IsTar));
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_ends_a_running_job()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(1));
        store.Server.Faults.Add(Fault.StallAfter(100_000), RequestKind.Media, IsTar, times: 1);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        job.Saved += (_, _) => job.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.RunAsync());

        Assert.Equal((JobOutcome.Cancelled, JobState.Completed), (job.Result!.Outcome, job.State));
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.partial", SearchOption.AllDirectories));
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_ends_a_paused_job()
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(1, 3).Select(seed => store.Put(Study(seed))).ToList();
        await using var cod = OpenWithOneConnection(store);
        var pausing = new TaskCompletionSource<Task>();
        Job? job = null;
        var handler = new MemorySaveHandler { BeforeReading = (_, _) => { pausing.TrySetResult(job!.PauseAsync()); return Task.CompletedTask; } };
        job = cod.CreateWatchedJob(studies.Select(study => study.StudyInstanceUid), handler);
        job.Start();
        await await pausing.Task;

        job.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion);
        Assert.Equal(10, job.Result!.InstancesSaved);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_in_the_handler_of_Completed_changes_nothing()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(1));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        using var cancel = new CancellationTokenSource();
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        job.Completed += (_, _) => cancel.Cancel();
        job.Completed += (_, _) => job.Cancel();

        Assert.Equal(JobOutcome.Complete, (await job.RunAsync(cancel.Token)).Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_when_the_last_study_was_completed_changes_nothing()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(1));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        using var cancel = new CancellationTokenSource();
        var handler = new MemorySaveHandler { Completing = _ => cancel.Cancel() };

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid], handler).RunAsync(cancel.Token);

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(study.Expected().Count, handler.Saved.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_handler_that_blocks_does_not_keep_a_cancelled_job_from_ending()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(1));
        store.Server.Faults.Add(Fault.StallAfter(100_000), RequestKind.Media, IsTar, times: 1);
        using var folder = new TempFolder();
        var time = new SignallingTime();
        await using var cod = store.Open(folder.Path, options => options.TimeProvider = time);
        using var unblock = new ManualResetEventSlim();
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        job.Saved += (_, _) =>
        {
            blocked.TrySetResult();
            unblock.Wait(TimeSpan.FromSeconds(20));
        };
        job.Start();
        await blocked.Task;

        job.Cancel();
        await time.WaitBegunAsync(wait => wait == TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion);
        Assert.Equal(JobOutcome.Cancelled, job.Result!.Outcome);
        unblock.Set();
    }

    [Fact(Timeout = 30_000)]
    public async Task Disposing_cancels_the_running_jobs_and_waits_for_their_ends()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(1));
        store.Server.Faults.Add(Fault.StallAfter(100_000), RequestKind.Media, IsTar, times: 1);
        using var folder = new TempFolder();
        var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        var later = cod.CreateWatchedJob([study.StudyInstanceUid]);
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        job.Saved += (_, _) => saved.TrySetResult();
        job.Start();
        await saved.Task;

        await cod.DisposeAsync();

        Assert.True(job.Completion.IsCanceled);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.partial", SearchOption.AllDirectories));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => later.RunAsync());
        Assert.Throws<ObjectDisposedException>(() => { cod.CreateJob([study.StudyInstanceUid]); });
        await cod.DisposeAsync();
    }

    // Each series here is one segment, so that one connection has one of them under way.
    private static CodDownload OpenWithOneConnection(TestStore store)
    {
        var cod = new CodDownload(store.Options(options => options.MaxConnections = 1));
        cod.InitBucket(TestStore.Url);
        return cod;
    }

    private static bool IsTar(string name) => name.EndsWith(".tar", StringComparison.Ordinal);

    private static SyntheticStudy Study(int seed)
    {
        var study = new SyntheticStudy(seed: seed);
        study.AddSeries(new() { InstanceCount = 10, InstanceSizeBytes = 20_000 });
        return study;
    }
}
