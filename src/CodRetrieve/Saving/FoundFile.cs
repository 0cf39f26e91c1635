namespace CodRetrieve.Saving;

/// <summary>What stands in an instance's place: a file, or an entry of a zip.</summary>
/// <param name="SizeBytes">Its bytes.</param>
/// <param name="LastWriteUtc">When it was last written; for an entry of a zip, that of the zip.</param>
internal readonly record struct FoundFile(long SizeBytes, DateTime LastWriteUtc)
{
    /// <summary>The CRC-32 that a zip's list of entries gives; <see langword="null"/> for files.</summary>
    public uint? Crc32 { get; init; }

    /// <summary>The CRC32C of its bytes, where this job has read or written them.</summary>
    public uint? Crc32c { get; init; }

    /// <summary>Whether it has the size of an instance. A file without bytes is none, unless the index says so.</summary>
    public bool HasSizeOf(InstanceInfo instance) => HasSizeOf(instance, SizeBytes);

    /// <inheritdoc cref="HasSizeOf(InstanceInfo)"/>
    public static bool HasSizeOf(InstanceInfo instance, long sizeBytes) =>
        instance.SizeBytes is { } expected ? sizeBytes == expected : sizeBytes > 0;
}
