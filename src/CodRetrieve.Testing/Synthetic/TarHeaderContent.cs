using System.Globalization;
using System.Text;

namespace CodRetrieve.Testing;

/// <summary>The three blocks before an instance's bytes: pax header, its one key <c>mtime</c>, and the entry's own header.</summary>
internal sealed class TarHeaderContent(string name, long size, long modifiedUnixSeconds) : IObjectContent
{
    public const int BlockSize = 512;
    public const int HeaderLength = 3 * BlockSize;

    public long Length => HeaderLength;

    public static long Padding(long size) => (BlockSize - (size % BlockSize)) % BlockSize;

    public ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ContentRange.Check(this, offset, destination.Length);
        Write().AsSpan((int)offset, destination.Length).CopyTo(destination.Span);
        return ValueTask.CompletedTask;
    }

    private byte[] Write()
    {
        var blocks = new byte[HeaderLength];
        var key = string.Create(CultureInfo.InvariantCulture, $"mtime={modifiedUnixSeconds}.2277553\n");
        var length = key.Length + 3;
        var record = string.Create(CultureInfo.InvariantCulture, $"{length} {key}");
        WriteHeader(blocks.AsSpan(0, BlockSize), "././@PaxHeader", "0000000", 'x', record.Length, 0);
        Ascii(blocks.AsSpan(BlockSize), record);
        WriteHeader(blocks.AsSpan(2 * BlockSize), name, "0000644", '0', size, modifiedUnixSeconds);
        Ascii(blocks.AsSpan((2 * BlockSize) + 265), "root");
        Ascii(blocks.AsSpan((2 * BlockSize) + 297), "root");
        WriteChecksum(blocks.AsSpan(2 * BlockSize, BlockSize));
        return blocks;
    }

    // POSIX.1-1988 (ustar): the fields at their fixed offsets, numbers in octal.
    private static void WriteHeader(Span<byte> block, string name, string mode, char type, long size, long modified)
    {
        Ascii(block, name);
        Ascii(block[100..], mode);
        Ascii(block[108..], "0000000");
        Ascii(block[116..], "0000000");
        Ascii(block[124..], Octal(size, 11));
        Ascii(block[136..], Octal(modified, 11));
        block[156] = (byte)type;
        Ascii(block[257..], "ustar\000");
        WriteChecksum(block);
    }

    private static void WriteChecksum(Span<byte> block)
    {
        block.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in block[..BlockSize])
        {
            sum += b;
        }

        Ascii(block[148..], Octal(sum, 6) + "\0 ");
    }

    private static string Octal(long value, int digits) => Convert.ToString(value, 8).PadLeft(digits, '0');

    private static void Ascii(Span<byte> at, string text) => Encoding.ASCII.GetBytes(text, at);
}
