using System.Diagnostics.CodeAnalysis;

namespace CodRetrieve.Saving;

/// <summary>The whole entries of a zip by the hashes of their names. Not safe for several callers at once.</summary>
/// <remarks>In parts, so that no table grows into the large object heap, where what it outgrew would stay for long.</remarks>
internal sealed class ZipEntries
{
    private const int Parts = 64;

    private readonly Dictionary<UInt128, ZipRecord>[] _parts = [.. Enumerable.Range(0, Parts).Select(static _ => new Dictionary<UInt128, ZipRecord>())];

    public int Count { get; private set; }

    public IEnumerable<KeyValuePair<UInt128, ZipRecord>> All => _parts.SelectMany(static part => part);

    public bool TryGet(UInt128 name, out ZipRecord record) => PartOf(name).TryGetValue(name, out record);

    /// <summary>Adds an entry, or replaces what is known of it.</summary>
    public void Set(UInt128 name, in ZipRecord record)
    {
        var part = PartOf(name);
        Count -= part.Count;
        part[name] = record;
        Count += part.Count;
    }

    public bool Remove(UInt128 name, [MaybeNullWhen(false)] out ZipRecord record)
    {
        var isRemoved = PartOf(name).Remove(name, out record);
        Count -= isRemoved ? 1 : 0;
        return isRemoved;
    }

    private Dictionary<UInt128, ZipRecord> PartOf(UInt128 name) => _parts[(int)((ulong)name % Parts)];
}
