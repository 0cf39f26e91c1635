using CodRetrieve.Storage;
using CodRetrieve.Transfer;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Tests.Support;

/// <summary>A tar in memory, read through the library's own cursor.</summary>
internal sealed class MemoryTar
{
    private readonly byte[] _tar;

    public MemoryTar(byte[] tar, int chunk = 10_007)
    {
        _tar = tar;
        Store = new FakeObjectStore
        {
            Open = (_, _, range) => new ObjectContent(new PiecewiseStream(tar.AsMemory((int)range!.Value.Start), chunk), range.Value.Start) { ObjectSizeBytes = tar.Length },
        };
        Objects = new ObjectReader(Store, new RequestPolicy(new CodDownloadOptions { MaxRetryAttempts = 0 }, NullLogger.Instance), RequestBudget.Fixed(1));
    }

    public FakeObjectStore Store { get; }

    public ObjectReader Objects { get; }

    public TarCursor Open(ByteRange? range = null, Action<int>? received = null) =>
        new(Objects, new ObjectRange("tar", null, _tar.Length, range ?? new ByteRange(0, _tar.Length)), new RequestPermit(Objects.Budget, RequestPurpose.Content), received);

    /// <summary>Walks over the whole tar and reads each entry.</summary>
    public async Task<List<(string Name, byte[] Data)>> WalkAsync(bool readData = true)
    {
        var found = new List<(string, byte[])>();
        await using var cursor = Open();
        var walk = new TarScanner(cursor, _tar.Length);
        while (await walk.NextAsync(CancellationToken.None) is var (name, size))
        {
            var data = new byte[readData ? size : 0];
            for (var read = 0; read < data.Length;)
            {
                var count = await cursor.ReadAsync(data.AsMemory(read), CancellationToken.None);
                Assert.NotEqual(0, count);
                read += count;
            }

            found.Add((name, data));
        }

        return found;
    }
}
