namespace CodRetrieve.Testing;

/// <summary>The bytes of an object, readable at any offset, so that an object of many gigabytes need not be held in memory.</summary>
/// <remarks>
/// Implementations must be safe for concurrent reads and must return the same bytes every time: the server reads one content from many
/// connections at once. <see cref="MemoryContent"/>, <see cref="FileContent"/> and <see cref="CompositeContent"/> are ready-made.
/// </remarks>
public interface IObjectContent
{
    /// <summary>The number of bytes; it does not change.</summary>
    long Length { get; }

    /// <summary>Fills the whole of <paramref name="destination"/> with the bytes that begin at <paramref name="offset"/>.</summary>
    /// <param name="offset">The first byte to read; callers keep <c>offset + destination.Length</c> within <see cref="Length"/>.</param>
    /// <param name="destination">Where the bytes go; an implementation fills it completely or throws.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range reaches beyond the content.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default);
}
