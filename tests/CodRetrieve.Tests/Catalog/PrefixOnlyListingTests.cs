using System.Text;
using CodRetrieve.Catalog;
using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Tests.Catalog;

/// <summary>Stores whose listings tell of a series' folder only, and stores that unpack the index on the way.</summary>
public sealed class PrefixOnlyListingTests
{
    private const string Root = "p/studies/1/series/";
    private static readonly byte[] Index = Encoding.UTF8.GetBytes(IndexJson.Of("\"3\":{\"size\":7}"));

    [Fact(Timeout = 30_000)]
    public async Task The_index_is_looked_for_in_the_folder()
    {
        var content = await ReadAsync((_, name, _) =>
        {
            Assert.Equal(Root + "2/metadata.json", name);
            return new ObjectContent(new PiecewiseStream(Index, 11), 0) { LengthBytes = Index.Length };
        });
        Assert.Equal(SeriesProblem.None, content.Problem);
        Assert.Equal("3", Assert.Single(content.Series.Instances).SopInstanceUid);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_folder_without_an_index_has_none()
    {
        var content = await ReadAsync((_, name, _) => throw new ObjectStoreException(ObjectStoreFailure.NotFound, name));
        Assert.Equal(SeriesProblem.NoMetadata, content.Problem);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1, SeriesProblem.None, 2)]
    [InlineData(100, SeriesProblem.UnreadableMetadata, 3)]
    public async Task An_index_decompressed_on_its_way_that_arrived_cut_off_is_read_again(int times, SeriesProblem problem, int requests)
    {
        // Nothing tells its length or its checksum, so that only the JSON shows the damage.
        var opened = 0;
        var content = await ReadAsync((n, _, _) =>
        {
            opened = n;
            return new ObjectContent(new PiecewiseStream(n <= times ? Index.AsMemory(0, 40) : Index, 11), 0) { IsDecompressed = true };
        });
        Assert.Equal(problem, content.Problem);
        Assert.Equal(requests, opened);
    }

    private static async Task<SeriesContent> ReadAsync(Func<int, string, ByteRange?, ObjectContent> open)
    {
        var store = new FakeObjectStore
        {
            List = (_, _) => new ObjectListPage([new ObjectInfo { Name = Root + "2.tar", SizeBytes = 10_240 }], [Root + "2/"], null),
            Open = open,
        };
        var objects = new ObjectReader(store, new RequestPolicy(new CodDownloadOptions { MaxRetryAttempts = 0 }, NullLogger.Instance), RequestBudget.Fixed(1));
        var catalog = new CodCatalog(objects, "p", NullLogger.Instance);
        var listing = await catalog.ListStudyAsync("1", CancellationToken.None);
        return await catalog.ReadSeriesAsync(Assert.Single(listing.Series), CancellationToken.None);
    }
}
