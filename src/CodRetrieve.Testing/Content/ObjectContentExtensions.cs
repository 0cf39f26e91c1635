namespace CodRetrieve.Testing;

/// <summary>Ways to read an <see cref="IObjectContent"/>.</summary>
public static class ObjectContentExtensions
{
    /// <summary>Opens the content, or a range of it, as a read-only, seekable stream.</summary>
    /// <param name="content">What to read.</param>
    /// <param name="offset">The first byte; 0 by default.</param>
    /// <param name="count">The number of bytes; null, the default, for all that follow.</param>
    /// <returns>A stream that the caller disposes; it holds no resources of the content. Read it asynchronously where you can: a
    /// synchronous read of a <see cref="FileContent"/> waits for an asynchronous one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range reaches beyond the content.</exception>
    public static Stream OpenRead(this IObjectContent content, long offset = 0, long? count = null)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, content.Length);
        var length = count ?? content.Length - offset;
        ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(count));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, content.Length - offset, nameof(count));
        return new ObjectContentStream(content, offset, length);
    }

    /// <summary>Reads the whole content into memory.</summary>
    /// <param name="content">What to read.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="OverflowException">The content is larger than an array can be.</exception>
    public static async ValueTask<byte[]> ReadAllAsync(this IObjectContent content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var bytes = new byte[checked((int)content.Length)];
        await content.ReadAsync(0, bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }
}
