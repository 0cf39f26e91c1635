namespace CodRetrieve.Storage;

/// <summary>The names of storage classes as listings have them.</summary>
internal static class StorageClassName
{
    /// <summary>Returns the class that a name means; a name that is not known, such as one that is newer than this library, counts as <see cref="StorageClass.Standard"/>.</summary>
    public static StorageClass Parse(string? name) => name switch
    {
        "NEARLINE" => StorageClass.Nearline,
        "COLDLINE" => StorageClass.Coldline,
        "ARCHIVE" => StorageClass.Archive,
        _ => StorageClass.Standard,
    };

    /// <summary>Returns the bytes of each class. What has no class is left out.</summary>
    public static IReadOnlyDictionary<string, long> Sum(IEnumerable<(string? Name, long Bytes)> parts)
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, bytes) in parts)
        {
            if (name is not null)
            {
                sums[name] = sums.GetValueOrDefault(name) + bytes;
            }
        }

        return sums;
    }
}
