namespace CodRetrieve.Storage;

/// <summary>One object of a listing, as stored (an object with content-encoding <c>gzip</c>: the compressed bytes).</summary>
public sealed record ObjectInfo
{
    /// <summary>Gets the object's name in its bucket.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the number of stored bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Gets the number that changes whenever the object is overwritten; <see langword="null"/> where the store has none.</summary>
    public long? Generation { get; init; }

    /// <summary>Gets when the object was last written, by the clock of the store; <see langword="null"/> where it is not known.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Gets the CRC32C of the stored bytes; <see langword="null"/> where it is not known.</summary>
    public uint? Crc32c { get; init; }

    /// <summary>Gets the content-encoding that the object is stored with, for example <c>gzip</c>; <see langword="null"/> for none.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>
    /// Gets the storage class by Cloud Storage's name: <c>STANDARD</c>, <c>NEARLINE</c>, <c>COLDLINE</c>, <c>ARCHIVE</c>, or a legacy one; <see langword="null"/> where the store has
    /// none or it is not known.
    /// </summary>
    public string? StorageClass { get; init; }
}
