using System.IO.Compression;
using System.Text;
using CodRetrieve.Catalog;
using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Tests.Catalog;

public sealed class CodCatalogTests
{
    [Fact(Timeout = 30_000)]
    public async Task Lists_a_study_over_several_pages()
    {
        await using var store = await OpenStore.StartAsync(server: new GcsTestServerOptions { MaxResultsPerPage = 2 });
        var study = new SyntheticStudy();
        for (var i = 0; i < 5; i++)
        {
            study.AddSeries(new SyntheticSeriesOptions { InstanceCount = 1 });
        }

        store.Put(study);
        var listing = await CatalogOf(store).ListStudyAsync(study.StudyInstanceUid, CancellationToken.None);

        Assert.Equal(
            string.Join(' ', study.Series.Select(series => series.SeriesInstanceUid).Order(StringComparer.Ordinal)),
            string.Join(' ', listing.Series.Select(series => series.Series.SeriesInstanceUid)));
        Assert.All(listing.Series, series => Assert.True(series is { Tar: not null, Index: not null }));
        Assert.Equal(8, store.Server.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_that_is_not_there_lists_as_empty()
    {
        await using var store = await OpenStore.StartAsync();
        Assert.False((await CatalogOf(store).ListStudyAsync("1.2.3", CancellationToken.None)).Exists);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bucket_that_is_not_there_is_not_found()
    {
        await using var store = await OpenStore.StartAsync();
        var options = new CodDownloadOptions { Endpoint = store.Server.Endpoint };
        using var http = new HttpClientSource(options);
        var catalog = CatalogOf(new GcsObjectStore(http, "no-such-bucket", CodCredential.Anonymous, options));
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => catalog.ListStudyAsync("1", CancellationToken.None));
        Assert.Equal(ObjectStoreFailure.NotFound, failure.Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_page_token_that_comes_again_ends_the_listing()
    {
        var catalog = CatalogOf(new FakeObjectStore { List = (_, token) => new ObjectListPage([], [], token == "a" ? "b" : "a") });
        await Assert.ThrowsAsync<CodFormatException>(() => catalog.ListStudyAsync("1", CancellationToken.None));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_listing_without_end_is_ended()
    {
        var pages = 0;
        var catalog = CatalogOf(new FakeObjectStore { List = (_, _) => new ObjectListPage([], [], $"{++pages}") });
        await Assert.ThrowsAsync<CodFormatException>(() => catalog.ListStudyAsync("1", CancellationToken.None));
        Assert.InRange(pages, 1, 20_000);
    }

    [Fact(Timeout = 30_000)]
    public async Task Objects_of_another_study_are_refused()
    {
        var item = new ObjectInfo { Name = "p/studies/2/series/3.tar", SizeBytes = 1 };
        var catalog = CatalogOf(new FakeObjectStore { List = (_, _) => new ObjectListPage([item], [], null) });
        await Assert.ThrowsAsync<CodFormatException>(() => catalog.ListStudyAsync("1", CancellationToken.None));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(null, "studies/1/series/")]
    [InlineData("", "studies/1/series/")]
    [InlineData("a/b", "a/b/studies/1/series/")]
    [InlineData("a/b/", "a/b/studies/1/series/")]
    public async Task Asks_below_the_prefix(string? prefix, string asked)
    {
        string? seen = null;
        var store = new FakeObjectStore
        {
            List = (under, _) =>
            {
                seen = under;
                return new ObjectListPage([], [], null);
            },
        };
        await CatalogOf(store, prefix).ListStudyAsync("1", CancellationToken.None);
        Assert.Equal(asked, seen);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reads_the_instances_of_a_compressed_and_of_a_plain_index(bool packed)
    {
        await using var store = await OpenStore.StartAsync();
        var (series, content) = await ReadAsync(store, new SyntheticSeriesOptions { InstanceCount = 3, PackMetadata = packed, BareNaN = true });
        Assert.Equal(SeriesProblem.None, content.Problem);
        Assert.Null(content.Failure);
        Assert.Same(content.Index!.Instances, content.Series.Instances);
        foreach (var (expected, found) in series.Instances.Zip(content.Series.Instances))
        {
            Assert.Equal(expected.SopInstanceUid, found.SopInstanceUid);
            Assert.Equal(expected.Crc32c, found.Crc32c);
            Assert.Equal(new ByteRange(expected.StartByte, expected.EndByte), found.TarRange);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_lock_and_an_error_log_are_seen_and_harm_nothing()
    {
        await using var store = await OpenStore.StartAsync();
        var (_, content) = await ReadAsync(store, new SyntheticSeriesOptions { InstanceCount = 1, Lock = true, ErrorLog = true });
        Assert.True(content.Listing is { HasLock: true, HasErrorLog: true });
        Assert.Equal(SeriesProblem.None, content.Problem);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_series_without_a_tar_has_its_instances_and_a_problem()
    {
        await using var store = await OpenStore.StartAsync();
        var (_, content) = await ReadAsync(store, new SyntheticSeriesOptions { InstanceCount = 2, OmitTar = true });
        Assert.Equal(SeriesProblem.NoTar, content.Problem);
        Assert.Equal(2, content.Series.Instances.Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(5, SeriesProblem.EmptyIndex)]
    [InlineData(0, SeriesProblem.None)]
    public async Task An_index_without_instances_is_a_problem_beside_a_tar_that_has_some(int inTar, SeriesProblem problem)
    {
        await using var store = await OpenStore.StartAsync();
        var full = new SyntheticStudy();
        var series = full.AddSeries(new SyntheticSeriesOptions { InstanceCount = inTar });
        store.Put(full);
        var empty = new SyntheticStudy();
        empty.AddSeries(new SyntheticSeriesOptions { InstanceCount = 0, SeriesInstanceUid = series.SeriesInstanceUid });
        using var index = new MemoryStream();
        empty.Series[0].WriteMetadata(index, TestStore.BucketName, TestStore.Prefix);
        store.Bucket.Put(series.MetadataName(TestStore.Prefix), index.ToArray());

        Assert.Equal(problem, (await ReadAsync(store, full)).Problem);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_series_without_an_index_is_not_asked_for_it()
    {
        await using var store = await OpenStore.StartAsync();
        var (_, content) = await ReadAsync(store, new SyntheticSeriesOptions { InstanceCount = 1, OmitMetadata = true });
        Assert.Equal(SeriesProblem.NoMetadata, content.Problem);
        Assert.DoesNotContain(store.Server.Requests, request => request.Kind == RequestKind.Media);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tar_stored_gzip_compressed_is_a_problem()
    {
        await using var store = await OpenStore.StartAsync();
        var study = new SyntheticStudy();
        var series = study.AddSeries(new SyntheticSeriesOptions { InstanceCount = 1 });
        store.Put(study);
        store.Bucket.Put(series.TarName(TestStore.Prefix), Bytes.Random(10), contentEncoding: "gzip");
        Assert.Equal(SeriesProblem.CompressedTar, (await ReadAsync(store, study)).Problem);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 2)]
    public async Task An_index_damaged_on_its_way_is_read_again(bool packed, int times)
    {
        await using var store = await OpenStore.StartAsync();
        store.Faults.Add(Fault.FlipBit(500), RequestKind.Media, times: times);
        var (_, content) = await ReadAsync(store, new SyntheticSeriesOptions { InstanceCount = 2, PackMetadata = packed });
        Assert.Equal(SeriesProblem.None, content.Problem);
        Assert.Equal(2, content.Series.Instances.Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_index_that_stays_damaged_is_unreadable_after_three_reads(bool packed)
    {
        await using var store = await OpenStore.StartAsync();
        var fault = store.Faults.Add(Fault.FlipBit(500), RequestKind.Media);
        var (_, content) = await ReadAsync(store, new SyntheticSeriesOptions { InstanceCount = 2, PackMetadata = packed });
        Assert.Equal(SeriesProblem.UnreadableMetadata, content.Problem);
        Assert.Empty(content.Series.Instances);
        Assert.Equal(3, fault.Hits);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_index_stored_malformed_is_read_once()
    {
        await using var store = await OpenStore.StartAsync();
        var content = await ReadAsync(store, Encoding.UTF8.GetBytes(IndexJson.Of("\"3\":{")));
        Assert.Equal(SeriesProblem.UnreadableMetadata, content.Problem);
        Assert.IsType<CodFormatException>(content.Failure);
        Assert.Single(store.Server.Requests, request => request.Kind == RequestKind.Media);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_index_that_decompresses_without_end_is_refused_early()
    {
        await using var store = await OpenStore.StartAsync();
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync("{\"a\":"u8.ToArray());
            await gzip.WriteAsync(Enumerable.Repeat((byte)'[', 30_000_000).ToArray());
        }

        Assert.Equal(SeriesProblem.UnreadableMetadata, (await ReadAsync(store, packed.ToArray())).Problem);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_small_index_that_decompresses_to_gigabytes_is_refused_early()
    {
        await using var store = await OpenStore.StartAsync();
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync("{\"a\":\""u8.ToArray());
            var part = Enumerable.Repeat((byte)'a', 1 << 20).ToArray();
            for (var i = 0; i < 1024; i++)
            {
                await gzip.WriteAsync(part);
            }

            await gzip.WriteAsync("\",\"cod\":{\"instances\":{}}}"u8.ToArray());
        }

        var content = await ReadAsync(store, packed.ToArray());

        Assert.Equal(SeriesProblem.UnreadableMetadata, content.Problem);
        Assert.Contains("250 times", content.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_index_replaced_after_its_listing_is_read_as_it_is_now()
    {
        await using var store = await OpenStore.StartAsync();
        var study = new SyntheticStudy("1", seed: 1);
        var series = study.AddSeries(new() { SeriesInstanceUid = "2", InstanceCount = 3 });
        study.PutInto(store.Bucket, TestStore.Prefix);
        var catalog = CatalogOf(store);
        var listing = await catalog.ListStudyAsync("1", CancellationToken.None);
        var packed = await store.Bucket.Get(series.MetadataName(TestStore.Prefix)).Content.ReadAllAsync(CancellationToken.None);
        store.Bucket.Put(series.MetadataName(TestStore.Prefix), packed, "application/json", "gzip");

        var content = await catalog.ReadSeriesAsync(listing.Series[0], CancellationToken.None);

        Assert.Null(content.Failure);
        Assert.Equal(3, content.Series.Instances.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_refused_credential_is_thrown_not_noted()
    {
        await using var store = await OpenStore.StartAsync();
        store.Faults.Add(Fault.Status(403), RequestKind.Media);
        var thrown = await Assert.ThrowsAsync<ObjectStoreException>(() => ReadAsync(store, new SyntheticSeriesOptions { InstanceCount = 1 }));
        Assert.Equal(ObjectStoreFailure.Forbidden, thrown.Reason);
    }

    private static CodCatalog CatalogOf(OpenStore store) => new(store.Objects, TestStore.Prefix, NullLogger.Instance);

    private static CodCatalog CatalogOf(IObjectStore store, string? prefix = "p") => new(
        new ObjectReader(store, new RequestPolicy(new CodDownloadOptions { MaxRetryAttempts = 0 }, NullLogger.Instance), RequestBudget.Fixed(1)), prefix, NullLogger.Instance);

    private static async Task<(SyntheticSeries Series, SeriesContent Content)> ReadAsync(OpenStore store, SyntheticSeriesOptions options)
    {
        var study = new SyntheticStudy();
        var series = study.AddSeries(options);
        store.Put(study);
        return (series, await ReadAsync(store, study));
    }

    private static async Task<SeriesContent> ReadAsync(OpenStore store, SyntheticStudy study)
    {
        var catalog = CatalogOf(store);
        var listing = await catalog.ListStudyAsync(study.StudyInstanceUid, CancellationToken.None);
        return await catalog.ReadSeriesAsync(Assert.Single(listing.Series), CancellationToken.None);
    }

    private static async Task<SeriesContent> ReadAsync(OpenStore store, byte[] index)
    {
        store.Bucket.Put($"{TestStore.Prefix}/studies/1/series/2/metadata.json", index);
        var catalog = CatalogOf(store);
        var listing = await catalog.ListStudyAsync("1", CancellationToken.None);
        return await catalog.ReadSeriesAsync(listing.Series[0], CancellationToken.None);
    }
}
