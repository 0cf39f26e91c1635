using System.Globalization;
using CodRetrieve.Storage;
using CodRetrieve.Tests.Reliability;

namespace CodRetrieve.Tests;

/// <summary>A listing holds a page and a study, however large the store is.</summary>
[Collection(AloneCollection.Name)]
public sealed class ListStudiesMemoryTests
{
    private const int Objects = 200_000;
    private const long MaxLiveBytes = 8 * 1024 * 1024;

    [Fact(Timeout = 120_000)]
    public async Task Two_hundred_thousand_objects_are_listed_in_constant_memory()
    {
        var store = new EndlessStore(Objects);
        await using var cod = new CodDownload();
        cod.InitBucket(store, null);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (studies, series, bytes, most) = (0, 0, 0L, 0L);

        await foreach (var study in cod.ListStudiesAsync())
        {
            (studies, series, bytes) = (studies + 1, series + study.Series.Count, bytes + study.TarBytes);
            if (studies % 10_000 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal((Objects / 4, Objects / 2, Objects / 2 * 7L), (studies, series, bytes));
        Assert.Equal(Objects / EndlessStore.PageSize, store.Pages);
        Assert.InRange(most, 0, MaxLiveBytes);
    }

    /// <summary>Makes each page when it is asked for: studies of two series, each of a tar and an index.</summary>
    private sealed class EndlessStore(int objects) : IObjectStore
    {
        public const int PageSize = 1_000;

        public int Pages { get; private set; }

        public string GetUri(string objectName) => $"endless://{objectName}";

        public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken)
        {
            Pages++;
            var start = pageToken is null ? 0 : int.Parse(pageToken, CultureInfo.InvariantCulture);
            var items = Enumerable.Range(start, Math.Min(PageSize, objects - start)).Select(Item).ToList();
            return Task.FromResult(new ObjectListPage(items, [], start + PageSize < objects ? $"{start + PageSize}" : null));
        }

        public Task<ObjectContent> OpenReadAsync(string objectName, long? generation, ByteRange? range, CancellationToken cancellationToken) => throw new NotSupportedException();

        private static ObjectInfo Item(int i)
        {
            var series = $"studies/1.2.840.113619.{i / 4:0000000}/series/1.2.840.113619.{i / 4:0000000}.{(i / 2) % 2}";
            return new ObjectInfo { Name = i % 2 == 0 ? series + ".tar" : series + "/metadata.json", SizeBytes = 7, UpdatedAt = DateTimeOffset.UnixEpoch, StorageClass = "STANDARD" };
        }
    }
}
