using CodRetrieve.IO;
using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;
using CodRetrieve.Transfer;

namespace CodRetrieve.Tests.Transfer;

public sealed class InstanceContentTests
{
    private const int Start = 1_536;
    private const int Size = 50_001;
    private static readonly byte[] Tar = Bytes.Random(100_000);
    private static readonly byte[] Instance = Tar[Start..(Start + Size)];

    private readonly MemoryTar _tar = new(Tar);

    [Theory(Timeout = 30_000)]
    [InlineData(1_000)]
    [InlineData(Size - 1)]
    [InlineData(Size)]
    [InlineData(Size + 1)]
    [InlineData(1_000_000)]
    public async Task Gives_every_byte_and_is_whole_at_the_end(int buffer)
    {
        await using var cursor = await CursorAsync();
        var observer = new ContentRecorder();
        await using var content = new InstanceContent(cursor, Listed(), Size, observer);
        Assert.False(content.IsWhole);
        Assert.Equal(Instance, await ReadAsync(content, buffer));
        Assert.True(content.IsWhole);
        Assert.Null(content.Failure);
        Assert.Equal((Size, "arrived verified"), (observer.Bytes, string.Join(' ', observer.Notifications)));
        Assert.Equal(Start + Size, cursor.Offset);
    }

    [Fact(Timeout = 30_000)]
    public async Task Reading_exactly_the_size_is_enough_to_be_whole()
    {
        await using var cursor = await CursorAsync();
        await using var content = new InstanceContent(cursor, Listed(), Size, null);
        await content.ReadExactlyAsync(new byte[Size]);
        Assert.True(content.IsWhole);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reader_that_stops_early_has_it_not_whole()
    {
        await using var cursor = await CursorAsync();
        await using var content = new InstanceContent(cursor, Listed(), Size, null);
        await content.ReadExactlyAsync(new byte[Size - 1]);
        Assert.False(content.IsWhole);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1_000)]
    [InlineData(Size)]
    [InlineData(Size + 1)]
    public async Task The_last_bytes_are_kept_back_when_the_crc_does_not_match(int buffer)
    {
        await using var cursor = await CursorAsync();
        var observer = new ContentRecorder();
        await using var content = new InstanceContent(cursor, Listed(crc: 1), Size, observer);

        var mismatch = await Assert.ThrowsAsync<InstanceIntegrityException>(() => ReadAsync(content, buffer));

        Assert.Equal((Size, "arrived"), (observer.Bytes, string.Join(' ', observer.Notifications)));
        Assert.False(content.IsWhole);
        Assert.Same(mismatch, content.Failure);
        Assert.Equal(1u, mismatch.ExpectedCrc32c);
        Assert.Equal(Crc32C.Append(0, Instance), mismatch.ActualCrc32c);
        Assert.Contains("gs://b/1.tar://instances/i.dcm", mismatch.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Reading_on_after_a_failure_is_refused()
    {
        await using var cursor = await CursorAsync();
        await using var content = new InstanceContent(cursor, Listed(crc: 1), Size, null);
        await Assert.ThrowsAsync<InstanceIntegrityException>(() => ReadAsync(content, 1_000));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(content, 1_000));
        Assert.IsType<InstanceIntegrityException>(content.Failure);
        Assert.False(content.IsWhole);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_size_other_than_listed_gives_no_byte()
    {
        await using var cursor = await CursorAsync();
        await using var content = new InstanceContent(cursor, Listed(size: Size + 1), Size, null);
        var mismatch = await Assert.ThrowsAsync<InstanceIntegrityException>(() => content.ReadAsync(new byte[10]).AsTask());
        Assert.Contains($"{Size} bytes in the tar instead of {Size + 1}", mismatch.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tar_that_ends_early_is_reported_with_both_sizes()
    {
        await using var cursor = _tar.Open(new ByteRange(Start, Start + 10));
        await using var content = new InstanceContent(cursor, Listed(size: null), Size, null);
        var mismatch = await Assert.ThrowsAsync<InstanceIntegrityException>(() => ReadAsync(content, 1_000));
        Assert.Contains($"10 bytes in the tar instead of {Size}.", mismatch.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_listed_crc_the_size_decides()
    {
        await using var cursor = await CursorAsync();
        await using var content = new InstanceContent(cursor, Listed(crc: null), Size, null);
        Assert.Equal(Instance, await ReadAsync(content, 1_000));
        Assert.True(content.IsWhole);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_empty_instance_is_whole_after_its_end_was_read()
    {
        await using var cursor = await CursorAsync();
        await using var content = new InstanceContent(cursor, Listed(crc: 0, size: 0), 0, null);
        Assert.Equal(0, await content.ReadAsync(new byte[1]));
        Assert.True(content.IsWhole);
    }

    private static InstanceInfo Listed(uint? crc, long? size = Size) => new()
    {
        Series = new SeriesInfo { StudyInstanceUid = "1", SeriesInstanceUid = "2", TarUri = "gs://b/1.tar" },
        SopInstanceUid = "i",
        SizeBytes = size,
        Crc32c = crc,
    };

    private static InstanceInfo Listed(long? size = Size) => Listed(Crc32C.Append(0, Instance), size);

    private async Task<TarCursor> CursorAsync()
    {
        var cursor = _tar.Open();
        await cursor.MoveToAsync(Start, CancellationToken.None);
        return cursor;
    }

    private static async Task<byte[]> ReadAsync(Stream content, int bufferSize)
    {
        var all = new MemoryStream();
        var buffer = new byte[bufferSize];
        while (await content.ReadAsync(buffer) is var count and > 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    private sealed class ContentRecorder : IContentObserver
    {
        public long Bytes { get; private set; }

        public List<string> Notifications { get; } = [];

        public void Received(InstanceInfo instance, int count, long bytesSoFar)
        {
            Bytes += count;
            Assert.Equal(Bytes, bytesSoFar);
        }

        public ValueTask ArrivedAsync(InstanceInfo instance)
        {
            Notifications.Add("arrived");
            return ValueTask.CompletedTask;
        }

        public ValueTask VerifiedAsync(InstanceInfo instance)
        {
            Notifications.Add("verified");
            return ValueTask.CompletedTask;
        }
    }
}
