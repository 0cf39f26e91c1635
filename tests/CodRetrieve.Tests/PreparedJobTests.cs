using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

/// <summary>Jobs whose metadata was read before they run, and jobs over studies that are enumerated while they run.</summary>
public sealed class PreparedJobTests
{
    [Theory(Timeout = 30_000)]
    [InlineData(OutputFormat.Folder)]
    [InlineData(OutputFormat.Zip)]
    public async Task Statistics_are_there_before_the_run_and_the_run_reads_nothing_twice(OutputFormat format)
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(1, 3).Select(seed => store.Put(Study(seed))).ToList();
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var uids = studies.Select(study => study.StudyInstanceUid).ToList();

        var job = WatchedJobs.Watch(await cod.DownloadAsync(uids, format));

        Assert.Equal(JobState.Ready, job.State);
        var stats = job.Stats!;
        Assert.Equal((6, 60, 0), (stats.SeriesTotal, stats.InstancesTotal, stats.InstancesSaved));
        Assert.Equal(60, stats.InstanceUrisToFetch.Count());
        Assert.All(stats.Series, series => Assert.Equal("CT", series.Modality));
        Assert.Equal(0, store.Server.MediaBytesSent(IsTar));
        var (listings, indexes) = Requests(store);
        Assert.Equal((3, 6), (listings, indexes));

        var result = await job.RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal((listings, indexes), Requests(store));
        Assert.Same(stats, job.Stats);
        Assert.Equal(studies.Expected(), SavedFiles.In(folder.Path, format == OutputFormat.Zip));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_was_saved_between_the_statistics_and_the_run_is_not_fetched()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(1));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = WatchedJobs.Watch(await cod.DownloadAsync([study.StudyInstanceUid]));
        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();
        var bytes = store.Server.MediaBytesSent(IsTar);

        var result = await job.RunAsync();

        Assert.Equal((JobOutcome.Complete, 0, 20), (result.Outcome, result.InstancesSaved, result.InstancesSkipped));
        Assert.Equal(bytes, store.Server.MediaBytesSent(IsTar));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tar_that_changed_between_the_statistics_and_the_run_is_planned_again()
    {
        await using var store = await TestStore.StartAsync();
        var before = store.Put(Study(1));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = WatchedJobs.Watch(await cod.DownloadAsync([before.StudyInstanceUid]));
        var recorder = new JobRecorder(job);
        var after = store.Put(Changed(before));

        var result = await job.RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Empty(recorder.Of<JobErrorEventArgs>());
        Assert.Equal(after.Expected(), SavedFiles.InFolder(folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_cannot_be_had_is_in_the_statistics_and_in_the_result()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 3 });
        study.AddSeries(new() { InstanceCount = 3, OmitTar = true });
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);

        var job = WatchedJobs.Watch(await cod.DownloadAsync([study.StudyInstanceUid, "1.2.3.4"]));

        Assert.Equal(["1.2.3.4"], job.Stats!.MissingStudies);
        Assert.Equal(SeriesProblem.NoTar, Assert.Single(job.Stats.UnretrievableSeries).Problem);
        var result = await job.RunAsync();
        Assert.Equal((JobOutcome.Incomplete, 3, 3), (result.Outcome, result.InstancesSaved, result.InstancesFailed));
        Assert.Equal(["1.2.3.4"], result.MissingStudies);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_over_an_enumeration_begins_before_the_enumeration_ends()
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(1, 40).Select(seed => store.Put(Study(seed))).ToList();
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async IAsyncEnumerable<string> EnumerateAsync()
        {
            yield return studies[0].StudyInstanceUid;
            await saved.Task;
            foreach (var study in studies)
            {
                yield return study.StudyInstanceUid;
            }
        }

        var job = WatchedJobs.Watch(cod.CreateJob(EnumerateAsync()));
        job.Saved += (_, _) => saved.TrySetResult();
        Assert.Null(job.Stats);

        var result = await job.RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(studies.Expected(), SavedFiles.InFolder(folder.Path));
        Assert.Equal((80, 800), (job.Stats!.SeriesTotal, job.Stats.InstancesTotal));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_invalid_uid_in_an_enumeration_ends_the_job_and_its_position_is_named()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(Study(1));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        static async IAsyncEnumerable<string> EnumerateAsync(string first)
        {
            yield return first;
            await Task.CompletedTask;
            yield return "../1.2";
        }

        var job = WatchedJobs.Watch(cod.CreateJob(EnumerateAsync(study.StudyInstanceUid), new MemorySaveHandler()));

        var failed = await Assert.ThrowsAsync<JobFailedException>(() => job.RunAsync());
        Assert.Contains("number 2 of the list", Assert.IsType<ArgumentException>(failed.InnerException).Message, StringComparison.Ordinal);
        Assert.Equal(JobOutcome.Failed, job.Result!.Outcome);
    }

    private static (int Listings, int Indexes) Requests(TestStore store) => (
        store.Server.Requests.Count(request => request.Kind == RequestKind.List),
        store.Server.Requests.Count(request => request.ObjectName?.EndsWith("metadata.json", StringComparison.Ordinal) == true));

    private static bool IsTar(string name) => name.EndsWith(".tar", StringComparison.Ordinal);

    private static SyntheticStudy Study(int seed)
    {
        var study = new SyntheticStudy(seed: seed);
        study.AddSeries(new() { InstanceCount = 10, InstanceSizeBytes = 20_000 });
        study.AddSeries(new() { InstanceCount = 10, InstanceSizeBytes = 20_000 });
        return study;
    }

    // The same study and series, whose instances have other bytes.
    private static SyntheticStudy Changed(SyntheticStudy before)
    {
        var after = new SyntheticStudy(before.StudyInstanceUid, seed: before.Seed + 1_000);
        foreach (var series in before.Series)
        {
            after.AddSeries(series.Options with { SeriesInstanceUid = series.SeriesInstanceUid });
        }

        return after;
    }
}
