using System.Buffers.Binary;

namespace CodRetrieve.Testing;

/// <summary>One generation of an object in a <see cref="TestBucket"/>; immutable and thread-safe.</summary>
public sealed class TestObject
{
    private readonly Lazy<Task<ObjectChecksums>> _checksums;

    internal TestObject(string name, IObjectContent content, long generation, DateTimeOffset updated, TestObjectOptions options)
    {
        Name = name;
        Content = content;
        Generation = generation;
        Updated = updated;
        ContentType = options.ContentType;
        ContentEncoding = options.ContentEncoding;
        StorageClass = options.StorageClass;
        Hashes = options.Hashes ?? (content is MemoryContent or FileContent ? ObjectHashes.Crc32cAndMd5 : ObjectHashes.None);
        _checksums = new(() => ObjectChecksums.ComputeAsync(Content, Hashes, CancellationToken.None));
    }

    /// <summary>The object's name, without the bucket.</summary>
    public string Name { get; }

    /// <summary>The bytes as stored: compressed, where <see cref="ContentEncoding"/> is gzip.</summary>
    public IObjectContent Content { get; }

    /// <summary>The number of bytes stored.</summary>
    public long SizeBytes => Content.Length;

    /// <summary>The generation; each later one of a bucket is higher.</summary>
    public long Generation { get; }

    /// <summary>When the object was put.</summary>
    public DateTimeOffset Updated { get; }

    /// <summary>The media type.</summary>
    public string ContentType { get; }

    /// <summary><c>gzip</c>, or null.</summary>
    public string? ContentEncoding { get; }

    /// <summary>The storage class, such as <c>STANDARD</c>.</summary>
    public string StorageClass { get; }

    /// <summary>Which checksums the object has.</summary>
    public ObjectHashes Hashes { get; }

    internal string ETag
    {
        get
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(bytes, Generation);
            return Convert.ToBase64String(bytes);
        }
    }

    /// <summary>The checksums of the stored bytes, computed at the first call and kept.</summary>
    /// <param name="cancellationToken">Ends this wait, not the computation.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="IOException">The content cannot be read; later calls fail likewise.</exception>
    public Task<ObjectChecksums> GetChecksumsAsync(CancellationToken cancellationToken = default) =>
        _checksums.Value.WaitAsync(cancellationToken);
}
