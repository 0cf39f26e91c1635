using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

/// <summary>Series whose index and tar do not belong together, since a writer uploads one before the other.</summary>
public sealed class SeriesUnderEditTests : StoreTests
{
    private static readonly SyntheticSeriesOptions Plain = new() { InstanceCount = 10, MetadataBytesPerInstance = 0 };

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_series_whose_other_half_comes_is_waited_for_and_others_are_fetched_meanwhile(bool isIndexFirst)
    {
        var other = new SyntheticStudy(seed: 42);
        other.AddSeries();
        Store.Put(other);
        var before = Put(Plain);
        var after = Study(Plain with { EditedInstances = [2, 6] });
        PutLock(before);
        PutHalf(after, index: isIndexFirst);
        var listings = Store.Server.WaitForRequestAsync(_ => Listings(before) >= 3);

        await using var cod = Open();
        var job = cod.CreateWatchedJob([before.StudyInstanceUid, other.StudyInstanceUid]);
        var running = job.RunAsync();
        await listings;
        PutHalf(after, index: !isIndexFirst);
        Store.Bucket.Remove(LockName(before));
        var result = await running;

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(new[] { after, other }.Expected(), SavedFiles.InFolder(Folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task One_that_stays_so_is_reported_as_being_edited_and_what_matches_is_saved()
    {
        var before = Put(Plain);
        PutLock(before);
        PutHalf(Study(Plain with { EditedInstances = [2, 6] }), index: true);

        await using var cod = Open(TimeSpan.FromSeconds(1));
        var result = await cod.CreateWatchedJob([before.StudyInstanceUid]).RunAsync();

        Assert.Equal((JobOutcome.Incomplete, 8, 2), (result.Outcome, result.InstancesSaved, result.InstancesFailed));
        Assert.All(result.Failures, failure => Assert.IsType<SeriesBeingEditedException>(failure.Exception));
        Assert.All(result.Failures, failure => Assert.IsType<InstanceIntegrityException>(failure.Exception.InnerException));

        // The first, and with growing waits a few more in the second.
        Assert.InRange(Listings(before), 3, 6);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_rest_of_a_millisecond_of_patience_is_no_reason_to_list_without_a_pause()
    {
        var before = Put(Plain);
        PutLock(before);
        PutHalf(Study(Plain with { EditedInstances = [2, 6] }), index: true);
        var time = new SignallingTime();
        await using var cod = Store.Open(Folder.Path, options => (options.EditWaitTimeout, options.TimeProvider) = (TimeSpan.FromMilliseconds(250.4), time));
        var running = cod.CreateWatchedJob([before.StudyInstanceUid]).RunAsync();

        // The last wait of all would be of no time, again and again, on a clock that counts whole milliseconds.
        foreach (var wait in new[] { TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(1) })
        {
            await time.WaitBegunAsync(begun => begun == wait);
            time.Advance(wait);
        }

        await running;
        Assert.InRange(Listings(before), 2, 4);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Without_a_young_lock_or_without_patience_nothing_is_waited_for(bool hasLock, bool isImpatient)
    {
        var before = Put(Plain);
        if (hasLock)
        {
            PutLock(before);
        }

        PutHalf(Study(Plain with { EditedInstances = [2] }), index: true);

        await using var cod = Open(isImpatient ? TimeSpan.Zero : null);
        var result = await cod.CreateWatchedJob([before.StudyInstanceUid]).RunAsync();

        Assert.Equal((JobOutcome.Incomplete, 9, 1), (result.Outcome, result.InstancesSaved, result.InstancesFailed));
        Assert.Equal(hasLock ? typeof(SeriesBeingEditedException) : typeof(InstanceIntegrityException), Assert.Single(result.Failures).Exception.GetType());
        Assert.Equal(1, Listings(before));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tar_that_ends_before_instances_of_its_index_is_waited_for()
    {
        var before = Put(Plain);
        var after = Study(Plain with { InstanceCount = 14 });
        PutLock(before);
        PutHalf(after, index: true);
        var listings = Store.Server.WaitForRequestAsync(_ => Listings(before) >= 2);

        await using var cod = Open();
        var running = cod.CreateWatchedJob([before.StudyInstanceUid]).RunAsync();
        await listings;
        PutHalf(after, index: false);
        var result = await running;

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(after.Expected(), SavedFiles.InFolder(Folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_second_index_before_the_tar_is_waited_for_and_does_not_pass_for_the_end()
    {
        var before = Put(Plain);
        PutLock(before);
        PutHalf(Study(Plain with { InstanceCount = 12 }), index: true);
        var first = Store.Server.WaitForRequestAsync(_ => Listings(before) >= 2);
        await using var cod = Open();
        var running = cod.CreateWatchedJob([before.StudyInstanceUid]).RunAsync();
        await first;
        var after = Study(Plain with { InstanceCount = 14 });
        PutHalf(after, index: true);
        var second = Store.Server.WaitForRequestAsync(_ => Listings(before) >= 4);
        Assert.Same(second, await Task.WhenAny(second, running));
        PutHalf(after, index: false);

        var result = await running;

        Assert.Equal((JobOutcome.Complete, 14), (result.Outcome, result.InstancesSaved));
        Assert.Equal(after.Expected(), SavedFiles.InFolder(Folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task Stopping_and_cancelling_end_the_wait()
    {
        var before = Put(Plain);
        PutLock(before);
        PutHalf(Study(Plain with { EditedInstances = [2] }), index: true);

        await using var cod = Store.Open(Folder.Path);
        var saved = Store.Server.WaitForRequestAsync(request => request.Kind == RequestKind.Media);
        var job = cod.CreateWatchedJob([before.StudyInstanceUid]);
        job.Start();
        await saved;
        await job.StopAsync();
        Assert.Equal(JobOutcome.Stopped, (await job.Completion).Outcome);

        using var cancelling = new CancellationTokenSource();
        var cancelled = cod.CreateWatchedJob([before.StudyInstanceUid]);
        cancelled.Saved += (_, _) => cancelling.Cancel();
        PutHalf(Study(Plain with { EditedInstances = [2, 3] }), index: true);
        PutHalf(Study(Plain with { EditedInstances = [3, 4] }), index: false);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.RunAsync(cancellationToken: cancelling.Token));
    }

    private CodDownload Open(TimeSpan? patience = null) => Store.Open(Folder.Path, options => options.EditWaitTimeout = patience ?? TimeSpan.FromMinutes(2));

    private static SyntheticStudy Study(SyntheticSeriesOptions options)
    {
        var study = new SyntheticStudy(seed: 41);
        study.AddSeries(options);
        return study;
    }

    private SyntheticStudy Put(SyntheticSeriesOptions options) => Store.Put(Study(options));

    private void PutHalf(SyntheticStudy study, bool index)
    {
        var series = study.Series[0];
        if (index)
        {
            using var json = new MemoryStream();
            series.WriteMetadata(json, TestStore.BucketName, TestStore.Prefix);
            Store.Bucket.Put(series.MetadataName(TestStore.Prefix), json.ToArray());
        }
        else
        {
            Store.Bucket.Put(series.TarName(TestStore.Prefix), series.Tar);
        }
    }

    private void PutLock(SyntheticStudy study) => Store.Bucket.Put(LockName(study), "{}"u8.ToArray());

    private static string LockName(SyntheticStudy study) =>
        study.Series[0].MetadataName(TestStore.Prefix).Replace("metadata.json", ".gradient.lock", StringComparison.Ordinal);

    private int Listings(SyntheticStudy study) => Store.Server.Requests.Count(
        request => request.Kind == RequestKind.List && request.Prefix!.Contains(study.StudyInstanceUid, StringComparison.Ordinal));
}
