namespace CodRetrieve.Testing;

/// <summary>Content held in memory.</summary>
/// <remarks>The memory is not copied: do not change it while the content is in use.</remarks>
/// <param name="bytes">The bytes of the object.</param>
public sealed class MemoryContent(ReadOnlyMemory<byte> bytes) : IObjectContent
{
    /// <summary>The bytes of the object.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <inheritdoc/>
    public long Length => Bytes.Length;

    /// <inheritdoc/>
    public ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ContentRange.Check(this, offset, destination.Length);
        Bytes.Slice((int)offset, destination.Length).CopyTo(destination);
        return ValueTask.CompletedTask;
    }
}
