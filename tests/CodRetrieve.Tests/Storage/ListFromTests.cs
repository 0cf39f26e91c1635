using System.Text;
using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage;

/// <summary>Listings that begin at a name.</summary>
public sealed class ListFromTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_bucket_is_asked_from_the_name_on_with_each_page()
    {
        await using var store = await OpenStore.StartAsync(server: new() { MaxResultsPerPage = 2 });
        foreach (var name in new[] { "s/1", "s/2", "s/a&b", "s/a&c", "s/d" })
        {
            store.Bucket.Put(name, new byte[1]);
        }

        var names = await NamesAsync(store.Gcs, "s/", "s/a&b");

        Assert.Equal(["s/a&b", "s/a&c", "s/d"], names);
        Assert.Equal(2, store.Server.Requests.Count);
        Assert.All(store.Server.Requests, request => Assert.Contains("startOffset=s%2Fa%26b", request.Target, StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_ordinary_listing_names_no_beginning_and_asks_for_no_old_or_deleted_objects()
    {
        await using var store = await OpenStore.StartAsync();
        await store.Gcs.ListAsync("s/", null, CancellationToken.None);

        var target = Assert.Single(store.Server.Requests).Target;
        Assert.DoesNotContain("startOffset", target, StringComparison.Ordinal);
        Assert.DoesNotContain("versions", target, StringComparison.Ordinal);
        Assert.DoesNotContain("softDeleted", target, StringComparison.Ordinal);
        Assert.Contains("storageClass", target, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_store_that_cannot_begin_at_a_name_lists_all()
    {
        IObjectStore store = new FakeObjectStore { List = (prefix, token) => new ObjectListPage([], [prefix], token) };

        var page = await store.ListFromAsync("s/", "s/2", "next", CancellationToken.None);

        Assert.Equal(("s/", "next"), (Assert.Single(page.Prefixes), page.NextPageToken));
    }

    [Theory]
    [InlineData("1.2.3/", "1.2/", -1)]
    [InlineData("1.2-a/", "1.2/", -1)]
    [InlineData("1.2/", "1.20/", -1)]
    [InlineData("1.2/z", "1.20", -1)]
    [InlineData("a", "a/", -1)]
    [InlineData("\uFFFD", "\U0001F600", -1)]
    [InlineData("\U0001F600", "\U0001F601", -1)]
    [InlineData("x", "x", 0)]
    public void Names_are_ordered_by_their_bytes(string first, string second, int expected)
    {
        Assert.Equal(expected, Math.Sign(ObjectNameOrder.Instance.Compare(first, second)));
        Assert.Equal(-expected, Math.Sign(ObjectNameOrder.Instance.Compare(second, first)));
        Assert.Equal(expected, Math.Sign(Encoding.UTF8.GetBytes(first).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(second))));
    }

    private static async Task<List<string>> NamesAsync(IObjectStore store, string prefix, string from)
    {
        var names = new List<string>();
        string? token = null;
        do
        {
            var page = await store.ListFromAsync(prefix, from, token, CancellationToken.None);
            names.AddRange(page.Items.Select(item => item.Name));
            token = page.NextPageToken;
        }
        while (token is not null);

        return names;
    }
}
