using System.Text;
using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage;

public sealed class GcsListingTests
{
    private const string Page = """
        {"kind":"storage#objects","nextPageToken":"t","prefixes":["a/","b/"],"unknown":{"deep":[1,2,{"x":null}]},
         "items":[{"name":"a/1","size":"12","generation":"1700000000000001","crc32c":"4waSgw==","contentEncoding":"gzip","acl":[{}]},
                  {"name":"a/2","size":34}]}
        """;

    [Fact(Timeout = 30_000)]
    public async Task Reads_objects_prefixes_and_page_token()
    {
        var page = await ReadAsync(Page);
        Assert.Equal("t", page.NextPageToken);
        Assert.Equal("a/ b/", string.Join(' ', page.Prefixes));
        Assert.Equal(
            [
                new ObjectInfo { Name = "a/1", SizeBytes = 12, Generation = 1700000000000001, Crc32c = 0xE3069283, ContentEncoding = "gzip" },
                new ObjectInfo { Name = "a/2", SizeBytes = 34 },
            ],
            page.Items);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{"kind":"storage#objects"}""")]
    [InlineData("""{"kind":"storage#objects","items":[],"prefixes":null,"nextPageToken":""}""")]
    public async Task A_listing_of_nothing_is_empty_and_the_last_page(string json)
    {
        var page = await ReadAsync(json);
        Assert.Empty(page.Items);
        Assert.Empty(page.Prefixes);
        Assert.Null(page.NextPageToken);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""{"items":[],"prefixes":null}""")]
    [InlineData("""{"kind":"storage#object"}""")]
    [InlineData("""{"login":"required","nextPageToken":"t"}""")]
    [InlineData("{} {}")]
    [InlineData("""{"items":{}}""")]
    [InlineData("""{"items":[null]}""")]
    [InlineData("""{"items":[{"size":"1"}]}""")]
    [InlineData("""{"items":[{"name":"","size":"1"}]}""")]
    [InlineData("""{"items":[{"name":"a"}]}""")]
    [InlineData("""{"items":[{"name":"a","size":"-1"}]}""")]
    [InlineData("""{"items":[{"name":"a","size":"one"}]}""")]
    [InlineData("""{"items":[{"name":"a","size":"9223372036854775808"}]}""")]
    [InlineData("""{"items":[{"name":7,"size":"1"}]}""")]
    public async Task What_is_no_listing_is_an_invalid_response(string json)
    {
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => ReadAsync(json));
        Assert.Equal(ObjectStoreFailure.InvalidResponse, failure.Reason);
        Assert.Contains("gs://b/p", failure.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{"items":[{"name":"a","size":"1"}]}""")]
    [InlineData("""{"prefixes":["a/"]}""")]
    public async Task Entries_need_no_kind_beside_them(string json)
    {
        var page = await ReadAsync(json);
        Assert.Equal(1, page.Items.Count + page.Prefixes.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_listing_cut_off_anywhere_is_an_invalid_response()
    {
        for (var length = 0; length < Page.TrimEnd().Length; length++)
        {
            var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => ReadAsync(Page[..length]));
            Assert.Equal(ObjectStoreFailure.InvalidResponse, failure.Reason);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task The_content_of_a_response_is_not_repeated_in_the_message()
    {
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => ReadAsync("""{"items":[{"name":"a","size":"SECRET"}]}"""));
        Assert.DoesNotContain("SECRET", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_page_without_end_is_refused()
    {
        var endless = new PiecewiseStream(Encoding.UTF8.GetBytes("""{"items":[""" + new string(' ', 34 * 1024 * 1024)), 1 << 20);
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => GcsListing.ReadAsync(endless, "gs://b/p", CancellationToken.None));
        Assert.Equal(ObjectStoreFailure.Rejected, failure.Reason);
    }

    private static async Task<ObjectListPage> ReadAsync(string json) =>
        await GcsListing.ReadAsync(new PiecewiseStream(Encoding.UTF8.GetBytes(json), 5), "gs://b/p", CancellationToken.None);
}
