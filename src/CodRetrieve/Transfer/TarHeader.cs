using System.Text;

namespace CodRetrieve.Transfer;

/// <summary>One header block of a tar (POSIX.1-2017, pax, "ustar Interchange Format").</summary>
/// <param name="Name">The entry's name, with its prefix.</param>
/// <param name="Size">The number of data bytes behind the header.</param>
/// <param name="Type">The typeflag.</param>
internal readonly record struct TarHeader(string Name, long Size, byte Type)
{
    public const int BlockBytes = 512;

    /// <summary>The typeflag of an extended header for the next entry.</summary>
    public const byte Extended = (byte)'x';

    /// <summary>The typeflag of GNU tar's long name for the next entry.</summary>
    public const byte GnuLongName = (byte)'L';

    public bool IsFile => Type is (byte)'0' or 0 or (byte)'7';

    /// <summary>Whether data may follow: whatever size their headers give, symbolic links, devices, directories and pipes have none.</summary>
    public bool HasData => Type is < (byte)'2' or > (byte)'6';

    /// <summary>Reads a block; gives <see langword="false"/> for one that is no header.</summary>
    public static bool TryParse(ReadOnlySpan<byte> block, out TarHeader header)
    {
        header = default;
        if (!TryNumber(block.Slice(148, 8), out var checksum) || checksum != Checksum(block) || !TryNumber(block.Slice(124, 12), out var size))
        {
            return false;
        }

        var name = Text(block[..100]);
        var isUstar = block.Slice(257, 5).SequenceEqual("ustar"u8);
        // GNU tar's own format ("ustar  ") has other fields where ustar has the prefix.
        var prefix = isUstar && block[262] == 0 ? Text(block.Slice(345, 155)) : "";
        header = new TarHeader(prefix.Length == 0 ? name : $"{prefix}/{name}", size, block[156]);
        return true;
    }

    /// <summary>The name by which an entry is looked for: without the <c>./</c> that other tools write in front, as tar and Python find it.</summary>
    public static string PlainName(string name)
    {
        while (name.StartsWith("./", StringComparison.Ordinal))
        {
            name = name[2..].TrimStart('/');
        }

        return name;
    }

    /// <summary>Octal digits, or for large values the big-endian form of GNU tar, whose first bit is set.</summary>
    private static bool TryNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0)
        {
            // The first byte is 0x80 for what is not negative.
            if (field[0] != 0x80)
            {
                return false;
            }

            foreach (var b in field[1..])
            {
                if (value > long.MaxValue >> 8)
                {
                    return false;
                }

                value = (value << 8) | b;
            }

            return true;
        }

        var digits = field.Trim(" \0"u8);
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    private static long Checksum(ReadOnlySpan<byte> block)
    {
        // The checksum's own field counts as spaces.
        long sum = 8 * ' ';
        for (var i = 0; i < BlockBytes; i++)
        {
            sum += i is >= 148 and < 156 ? 0 : block[i];
        }

        return sum;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }
}
