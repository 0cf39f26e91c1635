using CodRetrieve.Saving;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

/// <summary>What a job makes of stores, data and destinations that fail.</summary>
public sealed class JobFailureTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_corrupt_instance_is_reported_with_both_values_and_the_rest_is_saved()
    {
        var (result, study, found) = await RetrieveAsync(new() { InstanceCount = 10, InstanceSizeBytes = 20_000, CorruptInstances = [4] });

        var failure = Assert.Single(result.Failures);
        var rotten = study.Series[0].Instances[4];
        Assert.Equal(rotten.SopInstanceUid, failure.SopInstanceUid);
        var cause = Assert.IsType<InstanceIntegrityException>(failure.Exception);
        Assert.Equal(rotten.Crc32c, cause.ExpectedCrc32c);
        Assert.NotNull(cause.ActualCrc32c);
        Assert.NotEqual(cause.ExpectedCrc32c, cause.ActualCrc32c);
        Assert.Equal(study.Expected().Where(pair => !pair.Key.EndsWith(rotten.SopInstanceUid, StringComparison.Ordinal)), found);
        Assert.Equal(SeriesOutcome.Incomplete, result.Series[0].Outcome);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(OutputFormat.Folder)]
    [InlineData(OutputFormat.Zip)]
    public async Task The_result_names_the_studies_of_which_everything_is_saved_those_that_were_before_included(OutputFormat format)
    {
        await using var store = await TestStore.StartAsync();
        var (before, good, corrupt) = (Put(store, 1), Put(store, 2), Put(store, 3, 1));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        Assert.Equal([before], (await cod.CreateWatchedJob([before], format).RunAsync()).CompletedStudies);

        var result = await cod.CreateWatchedJob([corrupt, "1.2.404", before, good], format).RunAsync();

        Assert.Equal(new[] { before, good }.Order(StringComparer.Ordinal), result.CompletedStudies.Order(StringComparer.Ordinal));

        static string Put(TestStore store, int seed, params int[] corrupt)
        {
            var study = new SyntheticStudy(seed: seed);
            study.AddSeries(new() { InstanceCount = 3, InstanceSizeBytes = 5_000, CorruptInstances = corrupt });
            return store.Put(study).StudyInstanceUid;
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bit_flipped_on_the_wire_is_fetched_again()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 5);
        study.AddSeries(new() { InstanceCount = 10, InstanceSizeBytes = 20_000 });
        store.Put(study);
        store.Server.Faults.Add(Fault.FlipBit(70_000), RequestKind.Media, IsTar, times: 1);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
        Assert.Equal(2, store.Server.Requests.Count(request => request.ObjectName is { } name && IsTar(name)));
    }

    public static TheoryData<string, SyntheticSeriesOptions> StatesThatLoseNothing => new()
    {
        { "offsets that are wrong", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, ShiftedOffsets = 512 } },
        { "no offsets", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, NullHeaders = true } },
        { "no DICOM tags", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, NullMetadata = true } },
        { "a gap of zero blocks", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, ZeroGapAfter = 3 } },
        { "a gap and no offsets", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, ZeroGapAfter = 3, NullHeaders = true } },
        { "an entry that is not listed", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, UnlistedEntry = true } },
        { "another order in the tar", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, ScrambledOrder = true } },
        { "bare NaN", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, BareNaN = true } },
        { "url in place of uri", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, UseUrlKey = true } },
        { "an index that is not packed", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, PackMetadata = false } },
        { "no checksums", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, NoCrc32c = true, TarHashes = ObjectHashes.None } },
        { "no checksums but the tar's", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, NoCrc32c = true } },
        { "no checksums but the tar's, in another order", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, NoCrc32c = true, ScrambledOrder = true, ZeroGapAfter = 3 } },
        { "no checksums and no offsets", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, NoCrc32c = true, NullHeaders = true } },
        { "a lock and an error log", new() { InstanceCount = 8, InstanceSizeBytes = 20_000, Lock = true, ErrorLog = true } },
        { "awkward sizes", new() { InstanceSizes = [861, 862, 1023, 1024, 1025, 65_537, 262_145, 1_048_579], AllowTrailingByte = true } },
    };

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(StatesThatLoseNothing))]
    public async Task Every_instance_is_saved_from_a_series_with(string state, SyntheticSeriesOptions options)
    {
        _ = state;
        var (result, study, found) = await RetrieveAsync(options);

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(study.Expected(), found);
        Assert.Equal(options.NoCrc32c ? 8 : 0, result.InstancesUnverified);
        Assert.Equal(options.Lock ? 2 : 0, result.Series[0].Warnings.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bad_series_does_not_stop_the_others()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 6);
        study.AddSeries(new() { InstanceCount = 3, OmitTar = true });
        study.AddSeries(new() { InstanceCount = 3, OmitMetadata = true });
        study.AddSeries(new() { InstanceCount = 3 });
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal([SeriesOutcome.Failed, SeriesOutcome.Failed, SeriesOutcome.Saved], study.Series.Select(series =>
            result.Series.Single(one => one.SeriesInstanceUid == series.SeriesInstanceUid).Outcome));
        Assert.Equal(3, SavedFiles.InFolder(folder.Path).Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(401, ObjectStoreFailure.Unauthorized)]
    [InlineData(403, ObjectStoreFailure.Forbidden)]
    public async Task A_missing_permission_ends_the_job_with_one_error(int status, ObjectStoreFailure reason)
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(0, 20).Select(seed =>
        {
            var study = new SyntheticStudy(seed: seed);
            study.AddSeries(new() { InstanceCount = 2 });
            return store.Put(study).StudyInstanceUid;
        }).ToList();
        store.Server.Faults.Add(Fault.Status(status));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var job = cod.CreateWatchedJob(studies);
        var recorder = new JobRecorder(job);

        var stopped = await Assert.ThrowsAsync<JobFailedException>(() => job.RunAsync());

        Assert.Equal(reason, Assert.IsType<ObjectStoreException>(stopped.InnerException).Reason);
        Assert.Equal(JobOutcome.Failed, stopped.Result.Outcome);
        Assert.Single(recorder.Of<JobErrorEventArgs>());
        Assert.InRange(store.Server.Requests.Count, 1, 8);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(".tar")]
    [InlineData("/metadata.json")]
    public async Task One_forbidden_object_fails_its_series_and_no_other(string forbidden)
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 3);
        var series = Enumerable.Range(0, 5).Select(_ => study.AddSeries(new() { InstanceCount = 2 })).OrderBy(one => one.SeriesInstanceUid, StringComparer.Ordinal).ToList();
        store.Put(study);
        store.Server.Faults.Add(Fault.Status(403), RequestKind.Media, name => name.Contains(series[4].SeriesInstanceUid, StringComparison.Ordinal) && name.EndsWith(forbidden, StringComparison.Ordinal));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxConnections = 1);

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal((JobOutcome.Incomplete, 8), (result.Outcome, result.InstancesSaved));
        Assert.All(result.Failures, failure =>
        {
            Assert.Equal(series[4].SeriesInstanceUid, failure.SeriesInstanceUid);
            Assert.Equal(ObjectStoreFailure.ObjectForbidden, Assert.IsType<ObjectStoreException>(failure.Exception).Reason);
        });
        Assert.NotEmpty(result.Failures);
    }

    [Fact(Timeout = 30_000)]
    public async Task One_study_that_may_not_be_listed_fails_and_no_other()
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(0, 3).Select(seed =>
        {
            var study = new SyntheticStudy(seed: seed);
            study.AddSeries(new() { InstanceCount = 2 });
            return store.Put(study);
        }).ToList();
        store.Server.Faults.Add(new FaultRule(Fault.Status(403)) { Kinds = RequestKind.List, When = request => request.Prefix?.Contains(studies[2].StudyInstanceUid, StringComparison.Ordinal) == true });
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxConnections = 1);

        var result = await cod.CreateWatchedJob(studies.Select(study => study.StudyInstanceUid)).RunAsync();

        Assert.Equal((JobOutcome.Incomplete, 4), (result.Outcome, result.InstancesSaved));
        Assert.Equal(studies[2].StudyInstanceUid, Assert.Single(result.Failures).StudyInstanceUid);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bucket_that_does_not_exist_stops_the_job()
    {
        await using var store = await TestStore.StartAsync();
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket("gs://another-bucket");

        var stopped = await Assert.ThrowsAsync<JobFailedException>(async () =>
            await (cod.CreateWatchedJob(["1.2.3"], new MemorySaveHandler())).RunAsync());

        Assert.Equal(ObjectStoreFailure.NotFound, Assert.IsType<ObjectStoreException>(stopped.InnerException).Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_destination_that_is_full_stops_the_job_at_once()
    {
        var handler = new MemorySaveHandler
        {
            BeforeReading = (_, _) => throw new DestinationException(DestinationFailure.Full, "No space is left."),
        };

        var stopped = await Assert.ThrowsAsync<JobFailedException>(() => SaveAsync(handler));

        Assert.Equal(DestinationFailure.Full, Assert.IsType<DestinationException>(stopped.InnerException).Reason);
        Assert.Empty(handler.Saved);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_a_save_handler_throws_fails_its_instance_only()
    {
        var first = 0;
        var handler = new MemorySaveHandler
        {
            BeforeReading = (_, _) => Interlocked.Increment(ref first) == 1 ? throw new InvalidOperationException("Not this one.") : Task.CompletedTask,
        };

        var result = await SaveAsync(handler);

        Assert.Equal("Not this one.", Assert.Single(result.Failures).Exception.Message);
        Assert.Equal(9, handler.Saved.Count);
        Assert.False(Assert.Single(handler.Completed).IsComplete);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_handler_that_does_not_read_to_the_end_has_saved_nothing()
    {
        var result = await SaveAsync(new CarelessHandler());

        Assert.Equal(0, result.InstancesSaved);
        Assert.Equal(10, result.InstancesFailed);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_finding_the_saved_throws_fails_its_series_only()
    {
        var handler = new MemorySaveHandler { Finding = _ => throw new InvalidOperationException("The catalogue is down.") };

        var result = await SaveAsync(handler);

        Assert.Equal(10, Assert.Single(result.Failures).InstanceCount);
        Assert.Equal(0, result.BytesDownloaded);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_server_that_stays_down_fails_its_series_after_a_bounded_number_of_requests()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 8);
        study.AddSeries(new() { InstanceCount = 5 });
        store.Put(study);
        store.Server.Faults.Add(Fault.Status(503), RequestKind.Media, IsTar);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxRetryAttempts = 3);

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal(5, result.InstancesFailed);
        // One beside the index, then one with three retries.
        Assert.Equal(5, store.Server.Requests.Count(request => request.ObjectName is { } name && IsTar(name)));
        Assert.All(result.Failures, failure => Assert.Equal(ObjectStoreFailure.Unavailable, Assert.IsType<ObjectStoreException>(failure.Exception).Reason));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tar_overwritten_during_the_job_is_read_again_and_keeps_what_is_saved()
    {
        await using var store = await TestStore.StartAsync();
        var before = new SyntheticStudy("1.2.3", seed: 9);
        before.AddSeries(new() { SeriesInstanceUid = "1.2.3.4", InstanceCount = 6, InstanceSizeBytes = 200_000 });
        store.Put(before);
        // The same instances with one more behind them: what a later append of the writer leaves.
        var after = new SyntheticStudy("1.2.3", seed: 9);
        after.AddSeries(new() { SeriesInstanceUid = "1.2.3.4", InstanceCount = 7, InstanceSizeBytes = 200_000 });
        Assert.Equal(before.Series[0].Instances[0].Sha256, after.Series[0].Instances[0].Sha256);
        // The tar is overwritten while the second instance is saved; then the connection breaks, and the old generation is gone.
        store.Server.Faults.Add(Fault.CloseAfter(700_000), RequestKind.Media, IsTar, times: 1);
        var begun = 0;
        var handler = new MemorySaveHandler
        {
            BeforeReading = (_, _) =>
            {
                if (Interlocked.Increment(ref begun) == 2)
                {
                    store.Put(after);
                }

                return Task.CompletedTask;
            },
        };
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);
        var job = cod.CreateWatchedJob(["1.2.3"], handler);
        var recorder = new JobRecorder(job);

        var result = await job.RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(after.Expected(), handler.Saved.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.Equal(7, result.InstancesSaved);
        Assert.Equal(0, result.InstancesSkipped);
        var progress = recorder.Of<SeriesProgressEventArgs>().ToList();
        Assert.Equal(progress[^1].BytesReceived, progress.Sum(args => args.Bytes));
        Assert.Equal(progress[^1].BytesTotal, progress[^1].BytesReceived);
    }

    private static bool IsTar(string name) => name.EndsWith(".tar", StringComparison.Ordinal);

    private static async Task<(JobResult Result, SyntheticStudy Study, SortedDictionary<string, string> Found)> RetrieveAsync(SyntheticSeriesOptions options)
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 4);
        study.AddSeries(options);
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();
        return (result, study, SavedFiles.InFolder(folder.Path));
    }

    private static async Task<JobResult> SaveAsync(ISaveHandler handler)
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 7);
        study.AddSeries(new() { InstanceCount = 10 });
        store.Put(study);
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);
        return await cod.CreateWatchedJob([study.StudyInstanceUid], handler).RunAsync();
    }

    private sealed class CarelessHandler : ISaveHandler
    {
        public ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken) =>
            ValueTask.FromResult(SavedInstances.None);

        public async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
        {
            var count = await content.ReadAsync(new byte[100], cancellationToken);
            return "nowhere";
        }

        public ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
