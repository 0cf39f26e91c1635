namespace CodRetrieve.Testing.Tests;

public sealed class ObjectContentTests
{
    private static readonly byte[] Bytes = TestServer.Bytes(10_007);

    [Fact(Timeout = 30_000)]
    public async Task Composite_reads_across_its_parts_at_any_offset()
    {
        using var directory = new TempFolder();
        var composite = new CompositeContent(
            new MemoryContent(Bytes.AsMemory(0, 3)),
            new MemoryContent(default),
            new FileContent(directory.Write("part", Bytes[3..5000])),
            new MemoryContent(Bytes.AsMemory(5000)));
        Assert.Equal(Bytes.Length, composite.Length);
        Assert.Equal(Bytes, await composite.ReadAllAsync());
        for (var offset = 0; offset < Bytes.Length; offset += 997)
        {
            var slice = new byte[Math.Min(1500, Bytes.Length - offset)];
            await composite.ReadAsync(offset, slice);
            Assert.Equal(Bytes[offset..(offset + slice.Length)], slice);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Refuses_a_read_beyond_the_end()
    {
        var content = new CompositeContent(new MemoryContent(Bytes));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await content.ReadAsync(Bytes.Length - 1, new byte[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => content.OpenRead(1, Bytes.Length));
    }

    [Fact(Timeout = 30_000)]
    public async Task File_that_shrank_fails_the_read()
    {
        using var directory = new TempFolder();
        var content = new FileContent(directory.Write("f", Bytes));
        directory.Write("f", Bytes[..100]);
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await content.ReadAllAsync());
    }

    [Fact]
    public void Stream_seeks_and_ends_within_its_range()
    {
        using var stream = new MemoryContent(Bytes).OpenRead(100, 50);
        Assert.Equal(50, stream.Length);
        stream.Seek(-1, SeekOrigin.End);
        Assert.Equal(Bytes[149], stream.ReadByte());
        Assert.Equal(-1, stream.ReadByte());
        stream.Position = 0;
        Assert.Equal(Bytes[100], stream.ReadByte());
    }
}
