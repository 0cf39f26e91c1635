namespace CodRetrieve.Planning;

/// <summary>
/// What a job has saved of one series, so that a tar which changes under the job leads neither to an instance delivered twice nor to a series
/// mixed of two versions. Safe for use by several connections at once.
/// </summary>
internal sealed class SeriesLedger
{
    private readonly object _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public void Add(InstanceInfo instance, long? tarGeneration, long sizeBytes, bool isUpdate)
    {
        lock (_lock)
        {
            _entries[instance.SopInstanceUid] = new Entry(instance.ExpectedCrc32c, instance.Crc32c is not null, tarGeneration, sizeBytes, isUpdate);
        }
    }

    /// <summary>Returns whether this job saved the bytes that the store lists for an instance now.</summary>
    /// <param name="instance">The instance, as the index lists it now.</param>
    /// <param name="tarGeneration">The generation of the tar that is listed now.</param>
    /// <returns>
    /// <see langword="true"/> if so; <see langword="false"/> if it saved other bytes, or bytes of another generation that nothing distinguishes from others;
    /// <see langword="null"/> if it saved none.
    /// </returns>
    public bool? Holds(InstanceInfo instance, long? tarGeneration)
    {
        lock (_lock)
        {
            return !_entries.TryGetValue(instance.SopInstanceUid, out var entry) ? null
                : instance.Crc32c is { } listed ? entry.Crc32c == listed
                : entry.TarGeneration == tarGeneration;
        }
    }

    /// <summary>Sums up the entries that hold what an index lists now, and forgets the others.</summary>
    public (int Instances, int Updated, int Unverified, long Bytes) Retain(SeriesInfo series, long? tarGeneration)
    {
        lock (_lock)
        {
            var held = series.Instances.Where(instance => Holds(instance, tarGeneration) == true).Select(static instance => instance.SopInstanceUid).ToHashSet(StringComparer.Ordinal);
            foreach (var other in _entries.Keys.Where(sop => !held.Contains(sop)).ToList())
            {
                _entries.Remove(other);
            }

            return (_entries.Count, _entries.Values.Count(static entry => entry.IsUpdate), _entries.Values.Count(static entry => !entry.IsListed), _entries.Values.Sum(static entry => entry.SizeBytes));
        }
    }

    private readonly record struct Entry(uint? Crc32c, bool IsListed, long? TarGeneration, long SizeBytes, bool IsUpdate);
}
