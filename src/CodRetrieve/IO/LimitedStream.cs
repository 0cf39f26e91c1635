namespace CodRetrieve.IO;

/// <summary>Ends the reading of what grows beyond any sensible size. Owns the inner stream.</summary>
internal sealed class LimitedStream(Stream inner, long maxBytes, string uri) : ForwardOnlyReadStream
{
    // DICOM tags of a series are much alike and pack well, yet not like this; deflate itself reaches 1032 to 1 (zlib's documentation).
    private const long MaxRatio = 250;
    private const long UncheckedBytes = 256L * 1024 * 1024;

    private long _read;

    /// <summary>
    /// The compressed bytes that were read so far, where the content is being decompressed: above 256 MiB, no more than 250 times as many may come out.
    /// <see langword="null"/>, the default, where it is not.
    /// </summary>
    public Func<long>? CompressedBytes { get; init; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _read += count;
        if (_read > maxBytes)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Rejected, $"{uri}: the content is larger than {maxBytes} bytes, which is refused.");
        }

        if (_read > UncheckedBytes && CompressedBytes is { } compressed && _read / MaxRatio > compressed())
        {
            throw new ObjectStoreException(ObjectStoreFailure.Rejected, $"{uri}: the content decompresses to more than {MaxRatio} times its size, which is refused.");
        }

        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
