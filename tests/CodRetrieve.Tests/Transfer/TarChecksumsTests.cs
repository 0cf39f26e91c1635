using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;
using CodRetrieve.Transfer;
using Microsoft.Extensions.Logging.Abstractions;
using Checksum = CodRetrieve.IO.Crc32C;

namespace CodRetrieve.Tests.Transfer;

public sealed class TarChecksumsTests
{
    private static readonly SeriesInfo Series = new() { StudyInstanceUid = "1", SeriesInstanceUid = "2", TarUri = "memory://tar" };

    [Theory(Timeout = 30_000)]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(513)]
    [InlineData(100_000)]
    public async Task Takes_the_crc_of_the_tar_and_of_each_instance_however_the_bytes_come(int pieceBytes)
    {
        var (first, second) = (Bytes.Random(1_000, seed: 1), Bytes.Random(3_000, seed: 2));
        byte[] tar = [.. TarBlocks.File("instances/1.dcm", first), .. TarBlocks.File("instances/2.dcm", second), .. TarBlocks.End];
        var instances = new[] { Instance("2", 512 + 1_024 + 512, 3_000), Instance("1", 512, 1_000) };

        var read = await ReadAsync(tar, instances, pieceBytes);

        Assert.Equal(Checksum.Append(0, tar), read.Crc32c);
        Assert.Equal([("1", Checksum.Append(0, first)), ("2", Checksum.Append(0, second))], read.InPlace().Select(one => (one.Instance.SopInstanceUid, one.Crc32c)));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("another", 512, 1_000)]
    [InlineData("1", 511, 1_000)]
    [InlineData("1", 512, 999)]
    [InlineData("1", 0, 1_000)]
    [InlineData("1", 100, 1_000)]
    public async Task An_instance_that_is_not_behind_its_own_header_is_not_in_its_place(string sop, long start, long size)
    {
        byte[] tar = [.. TarBlocks.File("instances/1.dcm", Bytes.Random(1_000)), .. TarBlocks.End];
        Assert.Empty((await ReadAsync(tar, [Instance(sop, start, size)], 700)).InPlace());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_link_with_its_name_is_not_its_header()
    {
        byte[] tar = [.. TarBlocks.Header("instances/1.dcm", 1_000, '2'), .. Bytes.Random(1_024), .. TarBlocks.End];
        Assert.Empty((await ReadAsync(tar, [Instance("1", 512, 1_000)], 700)).InPlace());
    }

    [Fact(Timeout = 60_000)]
    public async Task Memory_does_not_grow_with_the_bytes()
    {
        const long TarBytes = 512L * 1024 * 1024;
        var store = new FakeObjectStore { Open = (_, _, range) => new ObjectContent(new Zeros(), range!.Value.Start) };
        var objects = new ObjectReader(store, new RequestPolicy(new CodDownloadOptions(), NullLogger.Instance), RequestBudget.Fixed(1));
        var permit = new RequestPermit(objects.Budget, RequestPurpose.Content);
        await TarChecksums.ReadAsync(objects, permit, new ObjectInfo { Name = "tar", SizeBytes = 1_000_000 }, [], null, CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();

        await TarChecksums.ReadAsync(objects, permit, new ObjectInfo { Name = "tar", SizeBytes = TarBytes }, [], null, CancellationToken.None);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    private static InstanceInfo Instance(string sop, long start, long size) =>
        new() { Series = Series, SopInstanceUid = sop, SizeBytes = size, TarRange = new ByteRange(start, start + size) };

    private static async Task<TarChecksums> ReadAsync(byte[] tar, IReadOnlyList<InstanceInfo> instances, int pieceBytes)
    {
        var store = new FakeObjectStore { Open = (_, _, range) => new ObjectContent(new PiecewiseStream(tar.AsMemory((int)range!.Value.Start), pieceBytes), range.Value.Start) };
        var objects = new ObjectReader(store, new RequestPolicy(new CodDownloadOptions(), NullLogger.Instance), RequestBudget.Fixed(1));
        return await TarChecksums.ReadAsync(objects, new RequestPermit(objects.Budget, RequestPurpose.Content), new ObjectInfo { Name = "tar", SizeBytes = tar.Length }, instances, null, CancellationToken.None);
    }

    private sealed class Zeros : ReadOnlyForwardStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Clear();
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
