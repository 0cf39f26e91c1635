using CodRetrieve.IO;
using CodRetrieve.Saving;

namespace CodRetrieve.Tests.Saving.Transforms;

public sealed class SpoolTests : IDisposable
{
    private readonly SavingFolder _folder = new();
    private int _files;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 60_000)]
    [InlineData(0, null)]
    [InlineData(1, null)]
    [InlineData(100_000, 100_000L)]
    [InlineData(Spool.MaxMemoryBytes - 1, null)]
    [InlineData(Spool.MaxMemoryBytes, (long)Spool.MaxMemoryBytes)]
    [InlineData(Spool.MaxMemoryBytes + 1, 5L)]
    [InlineData((3 * Spool.MaxMemoryBytes) + 17, long.MaxValue)]
    public async Task What_is_written_in_any_pieces_is_read_in_any_pieces_from_anywhere(int size, long? hint)
    {
        var random = new Random(size);
        var bytes = new byte[size];
        random.NextBytes(bytes);
        using var spool = Create(hint);
        await using (var writer = new SpoolWriter(spool))
        {
            for (var offset = 0; offset < size;)
            {
                var count = Math.Min(size - offset, random.Next(0, 300_000));
                if (random.Next(2) == 0)
                {
                    writer.Write(bytes.AsSpan(offset, count));
                }
                else
                {
                    await writer.WriteAsync(bytes.AsMemory(offset, count));
                }

                offset += count;
            }
        }

        Assert.Equal((size, Crc32C.Append(0, bytes)), (spool.Length, spool.Crc32c));
        Assert.Equal(size > Spool.MaxMemoryBytes ? 1 : 0, _files);
        await using var reader = new SpoolReader(spool);
        using var all = new MemoryStream();
        await reader.CopyToAsync(all);
        Assert.True(bytes.AsSpan().SequenceEqual(all.ToArray()));
        for (var round = 0; round < 50; round++)
        {
            var at = random.Next(size + 1);
            var wanted = new byte[random.Next(1, 50_000)];
            reader.Seek(at - size, SeekOrigin.End);
            var count = round % 2 == 0 ? reader.ReadAtLeast(wanted, wanted.Length, throwOnEndOfStream: false) : await reader.ReadAtLeastAsync(wanted, wanted.Length, throwOnEndOfStream: false);
            Assert.Equal(Math.Min(wanted.Length, size - at), count);
            Assert.True(bytes.AsSpan(at, count).SequenceEqual(wanted.AsSpan(0, count)), $"{at}");
        }
    }

    [Fact]
    public void Memory_that_held_a_patients_data_is_cleared()
    {
        using var spool = Create(10);
        spool.Append([1, 2, 3]);
        var reader = new SpoolReader(spool);
        Assert.Equal(1, reader.ReadByte());

        spool.Dispose();

        Assert.Equal(-1, reader.ReadByte());
    }

    private Spool Create(long? hint) => new(hint, new DestinationWriter(FileOperations.System, _folder.Path), () =>
    {
        _files++;
        return new FileStream(_folder[$"{_files}"], FileMode.CreateNew, FileAccess.ReadWrite);
    });
}
