using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Transfer;

public sealed class TarCursorTests
{
    private static readonly byte[] Content = Bytes.Random(12_000_000);

    [Fact(Timeout = 30_000)]
    public async Task Random_reads_see_the_same_bytes_as_an_array()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            await WalkAsync(new Random(seed), $"seed {seed}");
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_is_asked_for_before_the_first_read()
    {
        var tar = new MemoryTar(Content);
        await using var cursor = tar.Open();
        await cursor.MoveToAsync(1_000_000, CancellationToken.None);
        Assert.Equal(0, tar.Store.Opened);
        await cursor.ReadAsync(new byte[1], CancellationToken.None);
        Assert.Equal(1, tar.Store.Opened);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_short_gap_is_read_through_and_a_long_one_skipped_by_another_request()
    {
        var tar = new MemoryTar(Content, chunk: int.MaxValue);
        long received = 0;
        await using var cursor = tar.Open(received: bytes => received += bytes);
        await cursor.ReadAsync(new byte[1], CancellationToken.None);
        await cursor.MoveToAsync(2_000_000, CancellationToken.None);
        await cursor.ReadAsync(new byte[1], CancellationToken.None);
        Assert.Equal(1, tar.Store.Opened);

        var before = received;
        await cursor.MoveToAsync(11_000_000, CancellationToken.None);
        await cursor.ReadAsync(new byte[1], CancellationToken.None);
        Assert.Equal(2, tar.Store.Opened);
        Assert.InRange(received - before, 1, 262_144);
    }

    [Fact(Timeout = 30_000)]
    public async Task Ends_at_the_end_of_its_range()
    {
        var tar = new MemoryTar(Content);
        await using var cursor = tar.Open(new ByteRange(10, 20));
        var bytes = new byte[100];
        Assert.Equal(10, await cursor.ReadAsync(bytes, CancellationToken.None));
        Assert.Equal(Content[10..20], bytes[..10]);
        Assert.Equal(0, await cursor.ReadAsync(bytes, CancellationToken.None));
        Assert.Equal(0, await cursor.ReadAsync(new byte[1_000_000], CancellationToken.None));
    }

    [Fact(Timeout = 30_000)]
    public async Task Behind_its_range_nothing_comes()
    {
        var tar = new MemoryTar(Content);
        await using var cursor = tar.Open(new ByteRange(10, 20));
        await cursor.ReadAsync(new byte[1], CancellationToken.None);
        await cursor.MoveToAsync(30, CancellationToken.None);
        Assert.Equal(0, await cursor.ReadAsync(new byte[1], CancellationToken.None));
    }

    [Fact(Timeout = 30_000)]
    public async Task Does_not_move_back()
    {
        var tar = new MemoryTar(Content);
        await using var cursor = tar.Open(new ByteRange(10, 20));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => cursor.MoveToAsync(9, CancellationToken.None).AsTask());
    }

    [Fact(Timeout = 30_000)]
    public async Task Disposing_gives_the_connection_back_and_may_be_repeated()
    {
        var tar = new MemoryTar(Content);
        var first = tar.Open();
        await first.ReadAsync(new byte[1], CancellationToken.None);
        await first.DisposeAsync();
        await first.DisposeAsync();
        await using var second = tar.Open();
        Assert.Equal(1, await second.ReadAsync(new byte[1], CancellationToken.None));
    }

    private static async Task WalkAsync(Random random, string seed)
    {
        var tar = new MemoryTar(Content, chunk: random.Next(1_000, 400_000));
        var start = random.Next(1_000_000);
        var end = random.Next(start + 1, Content.Length);
        await using var cursor = tar.Open(new ByteRange(start, end));
        var buffer = new byte[400_000];
        while (cursor.Offset < end)
        {
            if (random.Next(3) == 0)
            {
                var reach = random.Next(8) == 0 ? 6_000_000 : 300_000;
                await cursor.MoveToAsync(cursor.Offset + random.NextInt64(Math.Min(reach, end - cursor.Offset + 1)), CancellationToken.None);
            }

            var at = (int)cursor.Offset;
            var count = await cursor.ReadAsync(buffer.AsMemory(0, random.Next(1, buffer.Length)), CancellationToken.None);
            Assert.True(Content.AsSpan(at, count).SequenceEqual(buffer.AsSpan(0, count)), seed);
            Assert.True(cursor.Offset == at + count && (count > 0 || at == end), seed);
        }
    }
}
