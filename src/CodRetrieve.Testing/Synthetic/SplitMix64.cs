using System.Buffers.Binary;

namespace CodRetrieve.Testing;

/// <summary>SplitMix64 read as a counter: the bytes at any offset, without those before.</summary>
internal static class SplitMix64
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public static ulong Word(ulong key, ulong index) => Mix(key + ((index + 1) * Gamma));

    public static void Fill(ulong key, long offset, Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        var index = (ulong)offset / sizeof(ulong);
        var skip = (int)((ulong)offset % sizeof(ulong));
        if (skip > 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, Word(key, index++));
            var head = Math.Min(sizeof(ulong) - skip, destination.Length);
            word.Slice(skip, head).CopyTo(destination);
            destination = destination[head..];
        }

        while (destination.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, Word(key, index++));
            destination = destination[sizeof(ulong)..];
        }

        if (!destination.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, Word(key, index));
            word[..destination.Length].CopyTo(destination);
        }
    }

    /// <summary>A UID of the form <c>2.25.{number}</c> (DICOM PS3.5, annex B.2), always the same for the same key.</summary>
    public static string Uid(ulong key) => $"2.25.{new UInt128(Word(key, 0) | (1UL << 63), Word(key, 1))}";
}
