using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

public sealed class JobTests
{
    [Fact(Timeout = 30_000)]
    public async Task Progress_adds_up_exactly_to_the_bytes_wanted_of_each_series()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 30, InstanceSizeBytes = 50_002 });
        study.AddSeries(new() { InstanceCount = 3, InstanceSizeBytes = 900_000 });
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        var recorder = new JobRecorder(job);

        await job.RunAsync();

        foreach (var series in study.Series)
        {
            var progress = recorder.Of<SeriesProgressEventArgs>().Where(args => args.Series.SeriesInstanceUid == series.SeriesInstanceUid).ToList();
            var wanted = series.Instances.Sum(instance => instance.SizeBytes);
            Assert.Equal(wanted, progress.Sum(args => args.Bytes));
            Assert.Equal(wanted, progress[^1].BytesReceived);
            Assert.All(progress, args => Assert.Equal(wanted, args.BytesTotal));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Events_come_one_at_a_time_and_in_order_within_a_series()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 2);
        for (var i = 0; i < 6; i++)
        {
            study.AddSeries(new() { InstanceCount = 20, InstanceSizeBytes = 20_000 });
        }

        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        var recorder = new JobRecorder(job);

        var result = await job.RunAsync();

        Assert.False(recorder.CameTwoAtOnce);
        Assert.Same(result, Assert.IsType<JobCompletedEventArgs>(recorder.Events[^1]).Result);
        foreach (var series in study.Series)
        {
            var events = recorder.Events.Where(args => SeriesOf(args) == series.SeriesInstanceUid).ToList();
            Assert.Equal(20, events.OfType<InstanceSavedEventArgs>().Count());
            var downloaded = events.IndexOf(Assert.Single(events.OfType<SeriesDownloadedEventArgs>()));
            var extracted = Assert.Single(events.OfType<SeriesExtractedEventArgs>());
            Assert.InRange(events.FindLastIndex(args => args is SeriesProgressEventArgs), 0, downloaded - 1);
            Assert.Equal(20, extracted.InstanceCount);
            Assert.True(downloaded < events.IndexOf(extracted));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_handler_that_throws_harms_nothing()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(SmallStudy());
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        job.Saved += (_, _) => throw new InvalidOperationException("A fault of the user's.");
        job.Progress += (_, _) => throw new InvalidOperationException("Another one.");

        var result = await job.RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_second_start_is_refused()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(SmallStudy());
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        await job.RunAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => job.RunAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_throws_promptly_and_leaves_only_whole_files()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(SmallStudy());
        store.Server.Faults.Add(Fault.StallAfter(100_000), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        using var cancel = new CancellationTokenSource();
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        var recorder = new JobRecorder(job);
        job.Saved += (_, _) => cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.RunAsync(cancel.Token));

        var expected = study.Expected();
        var found = SavedFiles.InFolder(folder.Path);
        Assert.NotEmpty(found);
        Assert.All(found, pair => Assert.Equal(expected[pair.Key], pair.Value));
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.partial", SearchOption.AllDirectories));
        Assert.Equal(JobOutcome.Cancelled, Assert.IsType<JobCompletedEventArgs>(recorder.Events[^1]).Result.Outcome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task No_more_requests_are_in_flight_than_allowed(int connections)
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(0, 4).Select(seed => store.Put(SmallStudy(seed))).ToList();
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxConnections = connections);

        await (cod.CreateWatchedJob(studies.Select(study => study.StudyInstanceUid))).RunAsync();

        Assert.InRange(store.Server.PeakConcurrentRequests, 1, connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_that_does_not_exist_is_named_and_the_others_are_saved()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(SmallStudy());
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);

        var result = await cod.CreateWatchedJob(["1.2.3.404", study.StudyInstanceUid, study.StudyInstanceUid]).RunAsync();

        Assert.Equal(JobOutcome.Incomplete, result.Outcome);
        Assert.Equal(["1.2.3.404"], result.MissingStudies);
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
    }

    private static SyntheticStudy SmallStudy(int seed = 3)
    {
        var study = new SyntheticStudy(seed: seed);
        study.AddSeries(new() { InstanceCount = 12, InstanceSizeBytes = 33_872 });
        study.AddSeries(new() { InstanceCount = 4, InstanceSizeBytes = 200_000 });
        return study;
    }

    private static string? SeriesOf(EventArgs args) => args switch
    {
        SeriesProgressEventArgs progress => progress.Series.SeriesInstanceUid,
        SeriesDownloadedEventArgs downloaded => downloaded.Series.SeriesInstanceUid,
        SeriesExtractedEventArgs extracted => extracted.Series.SeriesInstanceUid,
        InstanceSavedEventArgs saved => saved.Result.Instance.Series.SeriesInstanceUid,
        _ => null,
    };

    [Fact(Timeout = 30_000)]
    public async Task What_was_saved_before_is_named_with_its_place_to_those_who_want_to_know()
    {
        await using var store = await TestStore.StartAsync();
        using var folder = new TempFolder();
        var study = new SyntheticStudy(seed: 77);
        study.AddSeries(new() { InstanceCount = 3 });
        store.Put(study);
        await using var cod = store.Open(folder.Output);
        await cod.CreateJob([study.StudyInstanceUid], selection: new Selection { Instances = [study.Series[0].Instances[1].SopInstanceUid] }).RunAsync();
        var skipped = new List<InstanceSkippedEventArgs>();

        var job = cod.CreateJob([study.StudyInstanceUid]);
        job.Skipped += (_, args) => skipped.Add(args);
        var streamed = new List<JobEvent>();
        await foreach (var next in cod.CreateJob([study.StudyInstanceUid]).StreamAsync())
        {
            streamed.Add(next);
        }

        var second = await job.RunAsync();

        Assert.DoesNotContain(streamed, one => one is InstanceSkippedEventArgs);
        Assert.Equal(3, second.InstancesSkipped);
        Assert.Equal(study.Series[0].Instances.Select(one => one.SopInstanceUid), skipped.Select(args => args.Instance.SopInstanceUid));
        Assert.All(skipped, args => Assert.True(File.Exists(args.Location)));
    }
}
