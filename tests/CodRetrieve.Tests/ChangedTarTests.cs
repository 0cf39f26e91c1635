using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

/// <summary>Tars that a writer replaces while a job fetches them.</summary>
public sealed class ChangedTarTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_custom_handler_gets_each_instance_once_though_every_tar_changes()
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(1, 20).Select(seed => store.Put(Study(seed))).ToList();
        GenerationGoneOnce(store, skip: 3, times: 60);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxConnections = 4);
        // Fails the test when an instance comes twice.
        var handler = new MemorySaveHandler();
        var job = cod.CreateWatchedJob(studies.Select(study => study.StudyInstanceUid), handler);
        var recorder = new JobRecorder(job);

        var result = await job.RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(studies.Expected(), new SortedDictionary<string, string>(handler.Saved, StringComparer.Ordinal));
        Assert.Empty(recorder.Of<JobErrorEventArgs>());
        Assert.Equal(result.InstancesSaved, recorder.Of<InstanceSavedEventArgs>().Count());
        Assert.Equal(studies.Count, handler.Completed.Count);
        Assert.All(handler.Completed, study => Assert.True(study.IsComplete));
    }

    [Fact(Timeout = 60_000)]
    public async Task Each_series_ends_once_and_each_study_is_completed_after_its_last_instance()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 7);
        for (var i = 0; i < 100; i++)
        {
            study.AddSeries(new() { InstanceCount = 1, InstanceSizeBytes = 2_000, MetadataBytesPerInstance = 0 });
        }

        store.Put(study);
        GenerationGoneOnce(store, skip: 0, times: 100);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var savedAtCompletion = new List<int>();
        MemorySaveHandler? handler = null;
        handler = new MemorySaveHandler { Completing = _ => savedAtCompletion.Add(handler!.Saved.Count) };
        var job = cod.CreateWatchedJob([study.StudyInstanceUid], handler);

        var result = await job.RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(100, result.Series.Select(series => series.SeriesInstanceUid).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal((100, 100), (result.Series.Count, result.InstancesSaved));
        Assert.Equal([100], savedAtCompletion);

        // One listing at the beginning, and again for all series that changed at the same time, not for each.
        Assert.InRange(store.Server.Requests.Count(request => request.Kind == RequestKind.List), 2, 60);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_checksums_a_series_is_not_mixed_of_two_versions()
    {
        await using var store = await TestStore.StartAsync();
        var options = new SyntheticSeriesOptions { InstanceCount = 40, InstanceSizeBytes = 20_000, NoCrc32c = true, TarHashes = ObjectHashes.None };
        var before = new SyntheticStudy(seed: 11);
        var uid = before.AddSeries(options).SeriesInstanceUid;
        store.Put(before);
        store.Server.Faults.Add(Fault.StallAfter(300_000), RequestKind.Media, IsTar, times: 1);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, change =>
        {
            change.MaxConnections = 1;
            change.IdleTimeout = TimeSpan.FromMilliseconds(200);
        });
        var job = cod.CreateWatchedJob([before.StudyInstanceUid]);
        var saved = 0;
        SyntheticStudy? after = null;
        job.Saved += (_, _) =>
        {
            if (Interlocked.Increment(ref saved) == 5)
            {
                // The same names and sizes, with other bytes.
                after = new SyntheticStudy(before.StudyInstanceUid, seed: 11_000);
                after.AddSeries(options with { SeriesInstanceUid = uid });
                for (var i = 0; i < 40; i++)
                {
                    Assert.Equal(before.Series[0].Instances[i].SizeBytes, after.Series[0].Instances[i].SizeBytes);
                }

                store.Put(after);
            }
        };

        var result = await job.RunAtTheEventsPaceAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.NotNull(after);
        var found = SavedFiles.InFolder(folder.Path);
        Assert.Equal(after.Expected(), new SortedDictionary<string, string>(found.Where(file => after.Expected().ContainsKey(file.Key)).ToDictionary(), StringComparer.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Statistics_and_jobs_survive_a_handler_that_cannot_say_what_it_holds()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 12);
        study.AddSeries(new() { InstanceCount = 10 });
        study.AddSeries(new() { InstanceCount = 10 });
        store.Put(study);
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);
        var failing = study.Series[0].SeriesInstanceUid;
        var handler = new MemorySaveHandler { Finding = series => { if (series.SeriesInstanceUid == failing) { throw new IOException("The index of the archive is damaged."); } } };

        var job = WatchedJobs.Watch(await cod.DownloadAsync([study.StudyInstanceUid], handler));
        var problem = job.Stats!.Series.Single(series => series.SeriesInstanceUid == failing);
        Assert.Equal((SeriesProblem.UnreadableDestination, 0, 10), (problem.Problem, problem.InstancesSaved, problem.InstancesTotal));

        var result = await job.RunAsync();

        Assert.Equal((JobOutcome.Incomplete, 10, 0, 10), (result.Outcome, result.InstancesSaved, result.InstancesSkipped, result.InstancesFailed));
        Assert.Contains("The index of the archive is damaged.", Assert.Single(result.Failures).Exception.ToString(), StringComparison.Ordinal);
    }

    // What the listing named is gone at the first request, as after an edit, and there again when the study was listed once more.
    private static void GenerationGoneOnce(TestStore store, int skip, int times)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        store.Server.Faults.Add(new FaultRule(Fault.Status(404))
        {
            Kinds = RequestKind.Media,
            ObjectName = IsTar,
            When = request =>
            {
                lock (seen)
                {
                    return seen.Add(request.ObjectName!);
                }
            },
            Skip = skip,
            Times = times,
        });
    }

    private static bool IsTar(string name) => name.EndsWith(".tar", StringComparison.Ordinal);

    private static SyntheticStudy Study(int seed)
    {
        var study = new SyntheticStudy(seed: seed);
        for (var i = 0; i < 3; i++)
        {
            study.AddSeries(new() { InstanceCount = 10, InstanceSizeBytes = 20_000 });
        }

        return study;
    }
}
