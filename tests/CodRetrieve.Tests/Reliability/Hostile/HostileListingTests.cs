using System.Text;
using CodRetrieve.Catalog;
using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Tests.Reliability.Hostile;

/// <summary>Listings that somebody wrote to do harm.</summary>
public sealed class HostileListingTests
{
    public static TheoryData<string> LongNames => new(new string('4', 129), new string('4', 10_000), string.Concat(Enumerable.Repeat("../", 3_000)) + "x");

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(LongNames), DisableDiscoveryEnumeration = true)]
    [InlineData("..")]
    [InlineData("../../../../tmp/x")]
    [InlineData("C:")]
    [InlineData("CON")]
    [InlineData("a\0b")]
    [InlineData("e\u0301")]
    [InlineData("-rf")]
    public async Task A_series_with_a_hostile_name_harms_no_other(string name)
    {
        var store = new HostileStore();
        store.Objects.Put($"studies/1/series/{name}/metadata.json", Encoding.UTF8.GetBytes(HostileStore.Index(name, "")));
        store.Objects.Put($"studies/1/series/{name}.tar", HostileStore.Tar());
        store.Objects.Objects.TryRemove("studies/1/series/2.tar", out _);

        var (result, _) = await store.RetrieveAsync();

        // That of the series without a tar, and where there is one, that of the hostile name.
        Assert.InRange(result.Failures.Count, 1, 3);
    }

    [Fact(Timeout = 60_000)]
    public async Task Series_without_end_are_refused_long_before()
    {
        var pages = 0;
        var store = new FakeObjectStore { List = (prefix, _) => Page(prefix, pages++) };
        var objects = new ObjectReader(store, new RequestPolicy(new CodDownloadOptions(), NullLogger.Instance), RequestBudget.Fixed(1));

        var refused = await Assert.ThrowsAsync<CodFormatException>(() =>
            new CodCatalog(objects, "p", NullLogger.Instance).ListStudyAsync("1", CancellationToken.None));

        Assert.Contains("p/studies/1/series", refused.Message, StringComparison.Ordinal);
        Assert.InRange(pages, 1, 51);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_page_token_of_megabytes_is_refused()
    {
        var json = "{\"kind\":\"storage#objects\",\"nextPageToken\":\"" + new string('x', 1_000_000) + "\"}";
        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() =>
            GcsListing.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(json)), "gs://b/p", CancellationToken.None));
        Assert.InRange(refused.Message.Length, 1, 200);
    }

    private static ObjectListPage Page(string prefix, int page) =>
        new([.. Enumerable.Range(page * 1_000, 1_000).Select(i => new ObjectInfo { Name = $"{prefix}{i}.tar", SizeBytes = 1 })], [], $"{page}");
}
