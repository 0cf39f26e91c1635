namespace CodRetrieve.Testing;

/// <summary>Zero bytes: padding, and the gaps and ends of a tar.</summary>
internal sealed class ZeroContent(long length) : IObjectContent
{
    public long Length { get; } = length;

    public ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ContentRange.Check(this, offset, destination.Length);
        destination.Span.Clear();
        return ValueTask.CompletedTask;
    }
}
