using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Tests.Storage;

/// <summary>Objects stored with gzip that the store, or a proxy before it, unpacks on the way.</summary>
public sealed class DecompressedObjectTests
{
    private static readonly byte[] Plain = Bytes.Random(200_000);
    private static readonly ObjectRange Listed = new("o", 5, 1_000, null);

    [Fact(Timeout = 30_000)]
    public async Task Resumes_by_reading_again_from_the_start()
    {
        var ranges = new List<ByteRange?>();
        var store = new FakeObjectStore
        {
            Open = (n, _, range) =>
            {
                ranges.Add(range);
                return Unpacked(n < 3 ? new PiecewiseStream(Plain.AsMemory(0, 90_000 * n), 7_001, new IOException("broken")) : new PiecewiseStream(Plain, 7_001));
            },
        };

        Assert.Equal(Plain, await ReadAsync(store, Listed));
        Assert.Equal([null, null, null], ranges);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_range_of_it_is_refused()
    {
        var store = new FakeObjectStore { Open = (_, _, _) => Unpacked(new PiecewiseStream(Plain, 7_001)) };
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => ReadAsync(store, Listed with { Range = new ByteRange(10, 20) }));
        Assert.Equal(ObjectStoreFailure.Rejected, failure.Reason);
        Assert.Equal(1, store.Opened);
    }

    [Fact(Timeout = 30_000)]
    public async Task Compressed_bytes_are_not_continued_with_decompressed_ones()
    {
        var packed = Bytes.Random(1_000, seed: 2);
        var store = new FakeObjectStore
        {
            Open = (n, _, range) => n switch
            {
                1 => Packed(packed.AsMemory(0, 400), 0, new IOException("broken")),
                2 => Unpacked(new PiecewiseStream(Plain, 7_001)),
                _ => Packed(packed.AsMemory((int)range!.Value.Start), range.Value.Start),
            },
        };
        Assert.Equal(packed, await ReadAsync(store, Listed));
    }

    [Fact(Timeout = 30_000)]
    public async Task Decompressed_bytes_are_not_continued_with_compressed_ones()
    {
        var store = new FakeObjectStore
        {
            Open = (n, _, _) => n == 2
                ? Packed(Bytes.Random(1_000, seed: 2), 0)
                : Unpacked(new PiecewiseStream(Plain.AsMemory(0, n == 1 ? 500 : Plain.Length), 7_001, n == 1 ? new IOException("broken") : null)),
        };
        Assert.Equal(Plain, await ReadAsync(store, Listed));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_response_that_broke_before_its_first_byte_does_not_decide()
    {
        var packed = Bytes.Random(1_000, seed: 2);
        var store = new FakeObjectStore
        {
            Open = (n, _, _) => n == 1 ? Unpacked(new PiecewiseStream(default, 1, new IOException("broken"))) : Packed(packed, 0),
        };
        var options = new CodDownloadOptions { LoggerFactory = LeakWatch.Loggers(), RetryDelay = TimeSpan.FromMilliseconds(1) };
        var objects = new ObjectReader(store, new RequestPolicy(options, NullLogger.Instance), RequestBudget.Fixed(1));
        await using var stream = await objects.OpenAsync(Listed, null, CancellationToken.None);
        Assert.Equal(packed, await stream.ReadToEndAsync());
        Assert.False(stream.IsDecompressed);
    }

    private static ObjectContent Unpacked(Stream content) => new(content, 0) { Generation = 5, IsDecompressed = true };

    private static ObjectContent Packed(ReadOnlyMemory<byte> content, long offset, Exception? breaksWith = null) =>
        new(new PiecewiseStream(content, 300, breaksWith), offset) { Generation = 5, ObjectSizeBytes = 1_000, LengthBytes = 1_000 - offset };

    private static async Task<byte[]> ReadAsync(IObjectStore store, ObjectRange slice)
    {
        var options = new CodDownloadOptions { LoggerFactory = LeakWatch.Loggers(), RetryDelay = TimeSpan.FromMilliseconds(1), MaxRetryDelay = TimeSpan.FromMilliseconds(2) };
        var objects = new ObjectReader(store, new RequestPolicy(options, NullLogger.Instance), RequestBudget.Fixed(1));
        await using var stream = await objects.OpenAsync(slice, null, CancellationToken.None);
        return await stream.ReadToEndAsync();
    }
}
