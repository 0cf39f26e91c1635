namespace CodRetrieve.Storage;

/// <summary>The opened bytes of an object, with what the store said about them. Disposing it disposes <see cref="Content"/>.</summary>
public sealed class ObjectContent : IAsyncDisposable
{
    private readonly IDisposable? _owner;

    /// <summary>Makes a body.</summary>
    /// <param name="content">The bytes, readable forward. Disposed with this body.</param>
    /// <param name="offset">The offset in the object of the first byte of <paramref name="content"/>.</param>
    /// <param name="owner">What else is disposed with this body; <see langword="null"/> for nothing.</param>
    public ObjectContent(Stream content, long offset, IDisposable? owner = null)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        Content = content;
        Offset = offset;
        _owner = owner;
    }

    /// <summary>Gets the bytes, readable forward.</summary>
    public Stream Content { get; }

    /// <summary>Gets the offset in the object of the first byte of <see cref="Content"/>: 0 where the store ignored the range.</summary>
    public long Offset { get; }

    /// <summary>
    /// Gets a value indicating whether the store said by itself where these bytes lie in the object (<c>Content-Range</c>). If it did, they must begin where they
    /// were asked for; if it did not, bytes from 0 on are those of a store without ranges, and are read up to the place. Default
    /// <see langword="false"/>.
    /// </summary>
    public bool HasContentRange { get; init; }

    /// <summary>Gets the number of bytes that the store announced for <see cref="Content"/>; <see langword="null"/> where it did not.</summary>
    public long? LengthBytes { get; init; }

    /// <summary>Gets the size of the whole object; <see langword="null"/> where the store did not say.</summary>
    public long? ObjectSizeBytes { get; init; }

    /// <summary>Gets the generation that the bytes belong to; <see langword="null"/> where the store did not say.</summary>
    public long? Generation { get; init; }

    /// <summary>
    /// Gets a value indicating whether the store decompressed the object on the way (decompressive transcoding): the bytes are then not those that the listing's size
    /// and CRC32C describe, and cannot be asked for by range.
    /// </summary>
    public bool IsDecompressed { get; init; }

    /// <summary>Gets a value indicating whether the bytes are those of a gzip stream, as the object is stored (<c>Content-Encoding: gzip</c>). Default <see langword="false"/>.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>Closes the content; a body not read to its end gives up its connection.</summary>
    /// <returns>A task that ends when the content is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync().ConfigureAwait(false);
        _owner?.Dispose();
    }
}
