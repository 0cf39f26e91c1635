using CodRetrieve.GoogleCloudStorage.Tests.Support;
using CodRetrieve.Storage;
using CodRetrieve.Testing;

namespace CodRetrieve.GoogleCloudStorage.Tests;

/// <summary>Whole downloads through the store, with everything that goes wrong on the way.</summary>
public sealed class DownloadTests
{
    public static TheoryData<string> Faults => new(Transient.Keys);

    private static readonly Dictionary<string, Fault> Transient = new(StringComparer.Ordinal)
    {
        ["500"] = Fault.Status(500),
        ["503"] = Fault.Status(503),
        ["429"] = Fault.Status(429),
        ["reset before headers"] = Fault.ResetBeforeHeaders(),
        ["reset within headers"] = Fault.ResetWithinHeaders(),
        ["reset"] = Fault.ResetAfterRandom(),
        ["closed"] = Fault.CloseAfterRandom(),
        ["cut"] = Fault.CutAfterRandom(),
        ["stalled"] = Fault.StallAfterRandom(),
        ["bit flipped"] = Fault.FlipBitAtRandom(),
        ["wrong range"] = Fault.WrongContentRange(512),
        ["range ignored"] = Fault.IgnoreRange(),
        ["range as 200"] = Fault.RangeAsStatus200(),
        ["wrong generation"] = Fault.WrongGeneration(1),
        ["too many bytes"] = Fault.ExtraBytes(1_000),
    };

    [Theory(Timeout = 60_000)]
    [InlineData(OutputFormat.Folder, true)]
    [InlineData(OutputFormat.Folder, false)]
    [InlineData(OutputFormat.Zip, true)]
    public async Task A_study_is_retrieved_whole_and_the_next_run_fetches_nothing(OutputFormat format, bool hasToken)
    {
        await using var store = await TestStore.StartAsync(hasToken ? new() { AcceptedTokens = ["my-token"], MaxResultsPerPage = 3 } : null);
        var study = Put(store, series: 5);
        using var folder = new TempFolder();
        await using var cod = Open(store, folder, store.OpenObjects(hasToken ? "my-token" : null));

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid], format).RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(study.Expected(), SavedFiles.In(folder.Path, zip: format == OutputFormat.Zip));
        store.Server.ClearRequests();
        Assert.Equal(study.Expected().Count, (await cod.CreateWatchedJob([study.StudyInstanceUid], format).RunAsync()).InstancesSkipped);
        Assert.Equal(0, store.Server.MediaBytesSent(IsTar));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Faults))]
    public async Task A_fault_of_the_store_does_no_harm(string fault)
    {
        await using var store = await TestStore.StartAsync(new() { FaultSeed = 7 });
        var study = Put(store);
        var rule = store.Server.Faults.Add(Transient[fault], RequestKind.Media, times: 4);
        using var folder = new TempFolder();
        await using var cod = Open(store, folder, store.OpenObjects());

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
        Assert.Equal(4, rule.Hits);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_fault_in_listings_does_no_harm(int status)
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store);
        store.Server.Faults.Add(Fault.Status(status), RequestKind.List, times: 2);
        using var folder = new TempFolder();
        await using var cod = Open(store, folder, store.OpenObjects());

        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(401, ObjectStoreFailure.Unauthorized)]
    [InlineData(403, ObjectStoreFailure.Forbidden)]
    public async Task A_refusal_ends_the_job_with_one_error(int status, ObjectStoreFailure reason)
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store);
        store.Server.Faults.Add(Fault.Status(status));
        using var folder = new TempFolder();
        await using var cod = Open(store, folder, store.OpenObjects());

        var failed = await Assert.ThrowsAsync<JobFailedException>(() => cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync());

        var cause = Assert.IsType<ObjectStoreException>(failed.Result.FatalException);
        Assert.Equal((reason, status), (cause.Reason, cause.StatusCode));
        Assert.Empty(SavedFiles.InFolder(folder.Path));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_tar_that_is_gone_fails_its_series_only()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store);
        var gone = study.Series[0].SeriesInstanceUid;
        store.Server.Faults.Add(Fault.Status(404), RequestKind.Media, name => name.EndsWith($"{gone}.tar", StringComparison.Ordinal));
        using var folder = new TempFolder();
        await using var cod = Open(store, folder, store.OpenObjects());

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal(JobOutcome.Incomplete, result.Outcome);
        Assert.All(result.Failures, failure => Assert.Equal(gone, failure.SeriesInstanceUid));
        Assert.Equal(study.Expected().Where(pair => !pair.Key.Contains($"/{gone}/", StringComparison.Ordinal)), SavedFiles.InFolder(folder.Path));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_tar_that_is_replaced_during_the_job_is_planned_again_and_not_mixed()
    {
        await using var store = await TestStore.StartAsync();
        var before = new SyntheticStudy(seed: 1);
        var options = new SyntheticSeriesOptions { InstanceCount = 30, InstanceSizeBytes = 50_000 };
        var uid = before.AddSeries(options).SeriesInstanceUid;
        store.Put(before);
        var after = new SyntheticStudy(before.StudyInstanceUid, seed: 2);
        after.AddSeries(options with { SeriesInstanceUid = uid });

        // However long replacing takes, the old tar does not come whole; what comes then is asked for by the generation that was listed.
        var isReplaced = false;
        store.Server.Faults.Add(new FaultRule(Fault.StallAfter(300_000)) { Kinds = RequestKind.Media, ObjectName = IsTar, When = _ => !Volatile.Read(ref isReplaced) });
        using var folder = new TempFolder();
        await using var cod = Open(store, folder, store.OpenObjects(), change => (change.MaxConnections, change.IdleTimeout) = (1, TimeSpan.FromSeconds(1)));
        var running = cod.CreateWatchedJob([before.StudyInstanceUid]).RunAsync();
        await store.Server.WaitForRequestAsync(request => request.BytesSent >= 300_000);
        store.Put(after);
        Volatile.Write(ref isReplaced, true);

        var result = await running;

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        var saved = SavedFiles.InFolder(folder.Path);
        Assert.All(after.Expected(), expected => Assert.Equal(expected.Value, saved[expected.Key]));
        Assert.Contains(store.Server.Requests, request => request is { Kind: RequestKind.Media, StatusCode: 404 });
    }

    private static CodDownload Open(TestStore store, TempFolder folder, IObjectStore objects, Action<CodDownloadOptions>? change = null)
    {
        var cod = new CodDownload(store.Options(options =>
        {
            options.IdleTimeout = TimeSpan.FromSeconds(1);
            change?.Invoke(options);
        }));
        cod.InitDirectory(folder.Path);
        cod.InitBucket(objects, TestStore.Prefix);
        return cod;
    }

    private static SyntheticStudy Put(TestStore store, int series = 3)
    {
        var study = new SyntheticStudy(seed: 3);
        for (var i = 0; i < series; i++)
        {
            study.AddSeries(new() { InstanceCount = 8, InstanceSizeBytes = 60_000 });
        }

        return store.Put(study);
    }

    private static bool IsTar(string name) => name.EndsWith(".tar", StringComparison.Ordinal);
}
