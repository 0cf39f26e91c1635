using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>
/// Which (study, series, instance) were seen, by their hashes of 128 bits: 21 to 43 bytes for each instead of three UIDs. That two of a
/// billion have the same hash has a probability of one in 10²⁰; the seed is random, so that no file can be made to have them.
/// </summary>
internal sealed class TripleSet
{
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private UInt128[] _slots = new UInt128[1 << 10];

    public int Count { get; private set; }

    /// <summary>Adds what a row asks for.</summary>
    /// <returns>Whether it was not there.</returns>
    public bool Add(CohortRow row)
    {
        if (Count >= _slots.Length / 4 * 3)
        {
            Grow();
        }

        if (!TryPut(_slots, HashOf(row)))
        {
            return false;
        }

        Count++;
        return true;
    }

    // No UID has a '/'.
    private UInt128 HashOf(CohortRow row)
    {
        Span<char> text = stackalloc char[400];
        var isWritten = text.TryWrite($"{row.Study}/{row.Series}/{row.Instance}", out var length);
        System.Diagnostics.Debug.Assert(isWritten, "A UID has at most 128 characters.");
        var hash = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text[..length]), _seed);

        // Zero is an empty slot.
        return hash == UInt128.Zero ? UInt128.One : hash;
    }

    private void Grow()
    {
        var slots = new UInt128[checked(_slots.Length * 2)];
        foreach (var hash in _slots)
        {
            if (hash != UInt128.Zero)
            {
                TryPut(slots, hash);
            }
        }

        _slots = slots;
    }

    private static bool TryPut(UInt128[] slots, UInt128 hash)
    {
        var mask = slots.Length - 1;
        for (var i = (int)(ulong)hash & mask; ; i = (i + 1) & mask)
        {
            if (slots[i] == hash)
            {
                return false;
            }

            if (slots[i] == UInt128.Zero)
            {
                slots[i] = hash;
                return true;
            }
        }
    }
}
