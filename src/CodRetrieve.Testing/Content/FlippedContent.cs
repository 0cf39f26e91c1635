namespace CodRetrieve.Testing;

/// <summary>Another content with one bit turned over.</summary>
internal sealed class FlippedContent(IObjectContent inner, long byteOffset, int bit) : IObjectContent
{
    public long Length => inner.Length;

    public async ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        await inner.ReadAsync(offset, destination, cancellationToken).ConfigureAwait(false);
        if (byteOffset >= offset && byteOffset < offset + destination.Length)
        {
            destination.Span[(int)(byteOffset - offset)] ^= (byte)(1 << bit);
        }
    }
}
