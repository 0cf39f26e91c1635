using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CodRetrieve.Buckets;

/// <summary>
/// CRC32C (Castagnoli, RFC 3720 appendix B.4), as Cloud Storage gives it for objects and the COD writer for instances.
/// </summary>
/// <remarks>
/// The value between calls is the finished CRC of all bytes so far, so an empty input gives 0. Uses the processor's CRC32 instruction
/// where there is one (SSE 4.2, ARMv8), else a table.
/// </remarks>
internal static class Crc32C
{
    // Compiled to its best at once: short programs end before the runtime would find it worth while.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        var state = ~crc;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            // The instruction takes the bytes in memory order, which is what a little-endian machine reads a word as.
            state = BitOperations.Crc32C(state, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
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
}
