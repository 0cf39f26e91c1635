using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CodRetrieve.IO;

/// <summary>
/// CRC32C (Castagnoli, RFC 3720 appendix B.4), as Cloud Storage gives it for objects and the COD writer for instances.
/// </summary>
/// <remarks>
/// The value between calls is the finished CRC of all bytes so far, so an empty input gives 0. Uses the processor's CRC32 instruction
/// where there is one (SSE 4.2, ARMv8), else a table.
/// </remarks>
internal static class Crc32C
{
    // The instruction takes three cycles, but a new one can begin in each: three runs over neighbouring bytes go at once. Long enough
    // that joining their results costs little, short enough to serve instances of some KiB.
    private const int LaneBytes = 2048;
    private const int BlockBytes = 3 * LaneBytes;

    private static readonly uint[] BehindOneLane = ZeroBytesTable(LaneBytes);
    private static readonly uint[] BehindTwoLanes = ZeroBytesTable(2 * LaneBytes);

    // Compiled to its best at once: short programs end before the runtime would find it worth while.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        var state = ~crc;
        while (bytes.Length >= BlockBytes)
        {
            state = AppendBlock(state, MemoryMarshal.Cast<byte, ulong>(bytes[..BlockBytes]));
            bytes = bytes[BlockBytes..];
        }

        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            state = BitOperations.Crc32C(state, InMemoryOrder(word));
        }

        foreach (var value in bytes[(words.Length * sizeof(ulong))..])
        {
            state = BitOperations.Crc32C(state, value);
        }

        return ~state;
    }

    /// <summary>Reads the form used by Cloud Storage and the COD writer: base64 of the four bytes, most significant first.</summary>
    public static bool TryParse(ReadOnlySpan<char> base64, out uint crc)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (Convert.TryFromBase64Chars(base64, bytes, out var written) && written == sizeof(uint))
        {
            crc = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            return true;
        }

        crc = 0;
        return false;
    }

    public static string Format(uint crc)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, crc);
        return Convert.ToBase64String(bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static uint AppendBlock(uint first, ReadOnlySpan<ulong> block)
    {
        var (second, third) = (0u, 0u);
        var one = block[..(LaneBytes / sizeof(ulong))];
        var two = block.Slice(LaneBytes / sizeof(ulong), one.Length);
        var three = block.Slice(2 * LaneBytes / sizeof(ulong), one.Length);
        for (var i = 0; i < one.Length; i++)
        {
            first = BitOperations.Crc32C(first, InMemoryOrder(one[i]));
            second = BitOperations.Crc32C(second, InMemoryOrder(two[i]));
            third = BitOperations.Crc32C(third, InMemoryOrder(three[i]));
        }

        // A CRC is linear: that of bytes in a row is the sum of theirs, each moved behind as many zero bytes as follow it.
        return Move(BehindTwoLanes, first) ^ Move(BehindOneLane, second) ^ third;
    }

    // The instruction takes bytes in memory order, which is what a little-endian machine reads a word as.
    private static ulong InMemoryOrder(ulong word) => BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);

    private static uint Move(uint[] table, uint state) =>
        table[state & 0xFF] ^ table[256 + ((state >> 8) & 0xFF)] ^ table[512 + ((state >> 16) & 0xFF)] ^ table[768 + (state >> 24)];

    // What zero bytes make of each state: of each single bit of it, and so, by sums, of each value of its four bytes.
    private static uint[] ZeroBytesTable(int zeroBytes)
    {
        var table = new uint[4 * 256];
        for (var bit = 0; bit < 32; bit++)
        {
            var state = 1u << bit;
            for (var i = 0; i < zeroBytes; i += sizeof(ulong))
            {
                state = BitOperations.Crc32C(state, 0UL);
            }

            var row = bit / 8 * 256;
            var value = 1 << (bit % 8);
            for (var i = 0; i < value; i++)
            {
                table[row + value + i] = table[row + i] ^ state;
            }
        }

        return table;
    }
}
