namespace CodRetrieve.Saving;

/// <summary>What stands in an instance's place.</summary>
/// <param name="SizeBytes">Its bytes.</param>
/// <param name="LastWriteUtc">When it was last written; for an entry of a zip, that of the zip.</param>
internal readonly record struct FoundFile(long SizeBytes, DateTime LastWriteUtc)
{
    /// <summary>Whether it has the size of an instance. A file without bytes is none, unless the index says so.</summary>
    public bool HasSizeOf(InstanceInfo instance) => HasSizeOf(instance, SizeBytes);

    /// <inheritdoc cref="HasSizeOf(InstanceInfo)"/>
    public static bool HasSizeOf(InstanceInfo instance, long sizeBytes) =>
        instance.SizeBytes is { } expected ? sizeBytes == expected : sizeBytes > 0;
}
