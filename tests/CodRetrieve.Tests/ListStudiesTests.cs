using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Tests;

public sealed class ListStudiesTests : StoreTests
{
    private int _seed = 900;

    private SyntheticStudy Put(string uid, params SyntheticSeriesOptions[] series)
    {
        var study = new SyntheticStudy(uid, seed: _seed++);
        foreach (var options in series.Length > 0 ? series : [new SyntheticSeriesOptions { InstanceCount = 2 }])
        {
            study.AddSeries(options);
        }

        return Store.Put(study);
    }

    private CodDownload Open(Action<CodDownloadOptions>? change = null)
    {
        var cod = new CodDownload(Store.Options(change));
        cod.InitBucket(TestStore.Url);
        return cod;
    }

    private static async Task<List<ListedStudy>> ListAsync(CodDownload cod, StudyListOptions? options = null)
    {
        var studies = new List<ListedStudy>();
        await foreach (var study in cod.ListStudiesAsync(options))
        {
            studies.Add(study);
        }

        return studies;
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_has_its_series_bytes_classes_and_times_without_reading_an_index()
    {
        var study = Put("1.2.3", new SyntheticSeriesOptions { InstanceCount = 3 }, new SyntheticSeriesOptions { InstanceCount = 1 });
        Store.Bucket.Put(study.Series[1].TarName(TestStore.Prefix), study.Series[1].Tar, new TestObjectOptions { StorageClass = "ARCHIVE" });
        await using var cod = Open();

        var listed = Assert.Single(await ListAsync(cod));

        Assert.Equal("1.2.3", listed.StudyInstanceUid);
        Assert.Equal(study.Series.Select(series => series.SeriesInstanceUid).Order(StringComparer.Ordinal), listed.Series.Select(series => series.SeriesInstanceUid));
        Assert.Equal(study.Series.Sum(series => series.Tar.Length), listed.TarBytes);
        Assert.Equal(new Dictionary<string, long> { ["ARCHIVE"] = study.Series[1].Tar.Length, ["STANDARD"] = study.Series[0].Tar.Length }, listed.TarBytesByStorageClass);
        Assert.Equal(Store.Bucket.Get(study.Series[1].TarName(TestStore.Prefix)).Updated, listed.UpdatedAt!.Value, TimeSpan.FromMilliseconds(1));
        Assert.Equal((null, null, 0), (listed.InstanceCount, listed.InstanceBytes, listed.SeriesWithProblems));
        Assert.Equal(RequestKind.List, Assert.Single(Store.Server.Requests).Kind);
    }

    [Fact(Timeout = 30_000)]
    public async Task Series_that_cannot_be_fetched_say_why_as_far_as_the_listing_shows()
    {
        var study = Put("1.2.3", new SyntheticSeriesOptions(), new SyntheticSeriesOptions { OmitTar = true }, new SyntheticSeriesOptions { OmitMetadata = true }, new SyntheticSeriesOptions { Lock = true });
        Store.Bucket.Put(study.Series[0].TarName(TestStore.Prefix), study.Series[0].Tar, new TestObjectOptions { StorageClass = "COLDLINE" });
        await using var cod = Open(options => options.MaxStorageClass = StorageClass.Nearline);

        var listed = Assert.Single(await ListAsync(cod));

        Assert.Equal(3, listed.SeriesWithProblems);
        SeriesProblem[] expected = [SeriesProblem.StorageClass, SeriesProblem.NoTar, SeriesProblem.NoMetadata, SeriesProblem.None];
        Assert.Equal(expected, study.Series.Select(series => listed.Series.Single(one => one.SeriesInstanceUid == series.SeriesInstanceUid).Problem));
        Assert.All(listed.Series, series => Assert.Equal(series.Problem == SeriesProblem.None, series.ProblemCause is null));
        Assert.Contains("a writer's lock", Assert.Single(listed.Series.SelectMany(series => series.Warnings)), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_empty_store_has_no_studies()
    {
        await using var cod = Open();

        Assert.Empty(await ListAsync(cod));
        Assert.Empty(await ListAsync(cod, new StudyListOptions { IncludeInstances = true }));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_listing_goes_on_behind_the_last_study_that_was_given(bool readsIndexes)
    {
        string[] uids = ["1.2", "1.2.3", "1.20", "1.3"];
        Assert.All(uids, uid => Put(uid));
        await using var cod = Open();

        var given = new List<string>();
        string? after = null;
        for (var i = 0; i < uids.Length; i++)
        {
            await foreach (var study in cod.ListStudiesAsync(new StudyListOptions { After = after, IncludeInstances = readsIndexes }))
            {
                given.Add(after = study.StudyInstanceUid);
                break;
            }
        }

        Assert.Equal(["1.2.3", "1.2", "1.20", "1.3"], given);
        Assert.Empty(await ListAsync(cod, new StudyListOptions { After = "1.3", IncludeInstances = readsIndexes }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("1/2")]
    [InlineData("a\u001bb")]
    public void What_cannot_be_a_UID_is_refused_at_once(string after)
    {
        var cod = Open();

        var failure = Assert.Throws<ArgumentException>("options", () => cod.ListStudiesAsync(new StudyListOptions { After = after }));

        Assert.DoesNotContain('\u001b', failure.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_bucket_nothing_can_be_listed()
    {
        var cod = new CodDownload();
        Assert.Throws<InvalidOperationException>(() => cod.ListStudiesAsync());
        cod.InitBucket(new FakeObjectStore(), null);
        await cod.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => cod.ListStudiesAsync());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_permission_ends_the_listing(bool readsIndexes)
    {
        Put("1.2");
        Store.Server.Faults.Add(new FaultRule(Fault.Status(403)));
        await using var cod = Open();

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => ListAsync(cod, new StudyListOptions { IncludeInstances = readsIndexes }));

        Assert.Equal(ObjectStoreFailure.Forbidden, failure.Reason);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_permission_that_is_taken_away_meanwhile_ends_the_listing(bool readsIndexes)
    {
        await using var store = await TestStore.StartAsync(new() { MaxResultsPerPage = 1 });
        var study = new SyntheticStudy("1.2", seed: 7);
        study.AddSeries();
        store.Put(study);
        store.Server.Faults.Add(new FaultRule(Fault.Status(403)) { Kinds = RequestKind.List, Skip = 1 });
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => ListAsync(cod, new StudyListOptions { IncludeInstances = readsIndexes }));

        Assert.Equal((ObjectStoreFailure.Forbidden, 403), (failure.Reason, failure.StatusCode));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bucket_that_does_not_exist_ends_the_listing(bool readsIndexes)
    {
        await using var cod = new CodDownload(Store.Options());
        cod.InitBucket("gs://no-such-bucket/p");

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => ListAsync(cod, new StudyListOptions { IncludeInstances = readsIndexes }));

        Assert.Equal(ObjectStoreFailure.NotFound, failure.Reason);
    }

    [Fact(Timeout = 60_000)]
    public async Task With_a_selection_only_what_is_selected_is_given_with_its_instances_counted()
    {
        var ct = Put("1.1", new SyntheticSeriesOptions { InstanceCount = 4 }, new SyntheticSeriesOptions { InstanceCount = 2, Modality = "MR" });
        Put("1.2", new SyntheticSeriesOptions { InstanceCount = 3, Modality = "MR" });
        await using var cod = Open();

        var listed = Assert.Single(await ListAsync(cod, new StudyListOptions { Selection = new Selection().Where("Modality=CT and InstanceNumber<=3") }));

        Assert.Equal("1.1", listed.StudyInstanceUid);
        var series = Assert.Single(listed.Series);
        Assert.Equal((ct.Series[0].SeriesInstanceUid, 3, 1), (series.SeriesInstanceUid, series.InstanceCount, series.InstancesNotSelected));
        Assert.Equal(ct.Series[0].Instances.Take(3).Sum(instance => instance.SizeBytes), listed.InstanceBytes);
        Assert.Equal((3, 1, 3, 0), (listed.InstanceCount!.Value, listed.SeriesNotSelected, listed.InstancesNotSelected, listed.InstancesUndecided));
        Assert.Empty(series.Instances);
        Assert.DoesNotContain(Store.Server.Requests, request => request.ObjectName?.EndsWith(".tar", StringComparison.Ordinal) == true);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_instances_themselves_are_given_on_request()
    {
        var study = Put("1.1", new SyntheticSeriesOptions { InstanceCount = 3 });
        await using var cod = Open();
        var options = new StudyListOptions { IncludeInstances = true, Selection = new Selection { Attributes = ["Modality"] } };

        var series = Assert.Single(Assert.Single(await ListAsync(cod, options)).Series);

        Assert.Equal(study.Series[0].Instances.Select(instance => instance.SopInstanceUid).Order(StringComparer.Ordinal), series.Instances.Select(instance => instance.SopInstanceUid).Order(StringComparer.Ordinal));
        Assert.All(series.Instances, instance => Assert.Equal("CT", Assert.Single(instance.GetAttributes()!.GetValues("Modality"))));
        Assert.Equal(3, series.InstanceCount);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_match_takes_its_whole_study_with_it()
    {
        Put("1.1", new SyntheticSeriesOptions { InstanceCount = 4 }, new SyntheticSeriesOptions { InstanceCount = 2, Modality = "SR" });
        Put("1.2", new SyntheticSeriesOptions { InstanceCount = 3 });
        await using var cod = Open();

        var listed = Assert.Single(await ListAsync(cod, new StudyListOptions { Selection = new Selection { Whole = SelectionScope.Study }.Where("Modality=SR") }));

        Assert.Equal(("1.1", 6, 0), (listed.StudyInstanceUid, listed.InstanceCount!.Value, listed.InstancesNotSelected));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_index_that_cannot_be_read_is_shown_and_hides_no_other()
    {
        var bad = Put("1.1");
        Put("1.2");
        Store.Bucket.Put(bad.Series[0].MetadataName(TestStore.Prefix), "{\"broken"u8.ToArray());
        await using var cod = Open();

        var studies = await ListAsync(cod, new StudyListOptions { Selection = new Selection().Where("Modality=CT") });

        Assert.Equal(["1.1", "1.2"], studies.Select(study => study.StudyInstanceUid));
        var series = Assert.Single(studies[0].Series);
        Assert.Equal((SeriesProblem.UnreadableMetadata, null, null), (series.Problem, series.InstanceCount, studies[0].InstanceCount));
        Assert.Equal(2, studies[1].InstanceCount);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_series_that_is_deleted_after_it_was_listed_is_a_problem_of_its_own()
    {
        var gone = Put("1.1");
        Put("1.2");
        await using var cod = new CodDownload(Store.Options());
        cod.InitBucket(new ForgettingStore(gone.Series[0].MetadataName("dicomweb")), "dicomweb");

        var studies = await ListAsync(cod, new StudyListOptions { IncludeInstances = true });

        Assert.Equal(SeriesProblem.NoMetadata, Assert.Single(Assert.Single(studies).Series).Problem);
    }

    [Fact(Timeout = 60_000)]
    public async Task Many_studies_are_read_at_once_and_given_in_order()
    {
        var uids = Enumerable.Range(100, 90).Select(i => $"1.{i}").ToList();
        Assert.All(uids, uid => Put(uid, new SyntheticSeriesOptions { InstanceCount = 1, InstanceSizeBytes = 2_000, MetadataBytesPerInstance = 0 }));
        // The first is the last to come.
        Store.Server.Faults.Add(new FaultRule(Fault.Status(503)) { ObjectName = name => name.Contains("/1.100/", StringComparison.Ordinal), Times = 4 });
        await using var cod = Open(options => options.MaxConnections = 8);

        var studies = await ListAsync(cod, new StudyListOptions { Selection = new Selection() });

        Assert.Equal(uids, studies.Select(study => study.StudyInstanceUid));
        Assert.All(studies, study => Assert.Equal(1, study.InstanceCount));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Leaving_or_cancelling_an_enumeration_ends_it(bool readsIndexes)
    {
        Assert.All(Enumerable.Range(10, 60), i => Put($"1.{i}", new SyntheticSeriesOptions { InstanceCount = 1, InstanceSizeBytes = 2_000, MetadataBytesPerInstance = 0 }));
        await using var cod = Open();
        var options = new StudyListOptions { IncludeInstances = readsIndexes };
        using var cancelling = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in cod.ListStudiesAsync(options, cancelling.Token))
            {
                await cancelling.CancelAsync();
            }
        });
        await foreach (var _ in cod.ListStudiesAsync(options))
        {
            break;
        }

        // The same enumerable reads the store each time.
        var twice = cod.ListStudiesAsync(options);
        for (var i = 0; i < 2; i++)
        {
            var count = 0;
            await foreach (var _ in twice)
            {
                count++;
            }

            Assert.Equal(60, count);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_slow_consumer_keeps_the_listing_from_running_ahead()
    {
        Assert.All(Enumerable.Range(100, 200), i => Put($"1.{i}", new SyntheticSeriesOptions { InstanceCount = 1, InstanceSizeBytes = 2_000, MetadataBytesPerInstance = 0 }));
        await using var cod = Open(options => (options.MaxConnections, options.MinConnections) = (4, 4));

        await using var studies = cod.ListStudiesAsync(new StudyListOptions { Selection = new Selection() }).GetAsyncEnumerator();
        Assert.True(await studies.MoveNextAsync());
        Assert.True(await studies.MoveNextAsync());

        // Two given, sixteen ahead, and what may be under way.
        Assert.InRange(Store.Server.Requests.Count(request => request.ObjectName is not null), 1, 40);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_listed_can_be_retrieved()
    {
        var studies = new[] { Put("1.2"), Put("1.2.3") };
        Store.Bucket.Put($"{TestStore.Prefix}/studies/a b/series/5.tar", new byte[1]);
        await using var cod = Store.Open(Folder.Output);

        var result = await cod.CreateJob(UidsAsync(cod)).RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(studies.SelectMany(study => study.Expected()).OrderBy(pair => pair.Key, StringComparer.Ordinal), SavedFiles.InFolder(Folder.Output).OrderBy(pair => pair.Key, StringComparer.Ordinal));

        static async IAsyncEnumerable<string> UidsAsync(CodDownload cod)
        {
            await foreach (var study in cod.ListStudiesAsync())
            {
                yield return study.StudyInstanceUid;
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Names_that_are_rejected_are_logged_without_them_and_given_to_the_caller()
    {
        Put("1.2");
        Store.Bucket.Put($"{TestStore.Prefix}/studies/Doe^Jane/series/5.tar", new byte[1]);
        var logger = new ListLogger();
        var rejected = new List<RetrievalFailure>();
        await using var cod = Open(options => options.LoggerFactory = logger);

        Assert.Single(await ListAsync(cod, new StudyListOptions { Rejected = rejected.Add }));

        Assert.Equal($"{TestStore.Url}/studies/Doe^Jane", Assert.Single(rejected).Uri);
        var entry = Assert.Single(logger.Entries);
        Assert.Equal(LogLevel.Warning, entry.Level);
        Assert.DoesNotContain("Doe", entry.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_folder_on_a_disk_is_listed_like_a_bucket()
    {
        var study = new SyntheticStudy("1.2.3", seed: 5);
        study.AddSeries();
        await study.WriteToDirectoryAsync(Folder.Path + "/store", "dicomweb");
        await using var cod = new CodDownload();
        cod.InitBucket(Folder.Path + "/store");

        var listed = Assert.Single(await ListAsync(cod, new StudyListOptions { IncludeInstances = true }));

        Assert.Equal(("1.2.3", study.Series[0].Instances.Count), (listed.StudyInstanceUid, listed.InstanceCount));
        Assert.Empty(listed.TarBytesByStorageClass);
        Assert.NotNull(listed.UpdatedAt);
    }

    /// <summary>Lists an index that is gone when it is read.</summary>
    private sealed class ForgettingStore(string index) : IObjectStore
    {
        public string GetUri(string objectName) => $"forgetting://{objectName}";

        public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) =>
            Task.FromResult(new ObjectListPage([new ObjectInfo { Name = index, SizeBytes = 10 }], [], null));

        public Task<ObjectContent> OpenReadAsync(string objectName, long? generation, ByteRange? range, CancellationToken cancellationToken) =>
            throw new ObjectStoreException(ObjectStoreFailure.NotFound, $"{GetUri(objectName)}: it is gone.");
    }
}
