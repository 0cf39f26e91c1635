namespace CodRetrieve.Buckets;

/// <summary>Ends the reading of what grows beyond any sensible size. Owns the inner stream.</summary>
internal sealed class BoundedStream(Stream inner, long maxBytes, string uri) : ForwardStream
{
    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _read += count;
        return _read <= maxBytes
            ? count
            : throw new ObjectStoreException(ObjectStoreFailure.Refused, $"{uri}: the content is larger than {maxBytes} bytes, which is refused.");
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
