namespace CodRetrieve.Testing;

/// <summary>What a <see cref="TestBucket"/> holds of an object besides its bytes.</summary>
public sealed record TestObjectOptions
{
    /// <summary>The media type; <c>application/octet-stream</c> by default.</summary>
    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary><c>gzip</c> when the bytes are compressed, so that the server decompresses them for clients that do not accept gzip; null by
    /// default.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>The generation to give the object; null, the default, takes the next one. Must be positive.</summary>
    public long? Generation { get; init; }

    /// <summary>Which checksums the object has; null, the default, gives both to memory and file content and none to any other.</summary>
    public ObjectHashes? Hashes { get; init; }

    /// <summary>The storage class that listings show, such as <c>ARCHIVE</c>; <c>STANDARD</c> by default.</summary>
    public string StorageClass { get; init; } = "STANDARD";

    internal static TestObjectOptions Default { get; } = new();
}
