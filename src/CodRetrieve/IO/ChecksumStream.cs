namespace CodRetrieve.IO;

/// <summary>Takes the CRC32C of what is read through it. Does not own the inner stream.</summary>
internal sealed class ChecksumStream(Stream inner) : ForwardOnlyReadStream
{
    private readonly byte[] _first = new byte[2];
    private int _peeked;
    private int _given;

    public uint Crc32c { get; private set; }

    /// <summary>The bytes that have come out of the inner stream.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Looks at the first two bytes, which stay to be read (RFC 1952, section 2.3.1: ID1 and ID2).</summary>
    public async ValueTask<bool> BeginsWithGzipAsync(CancellationToken cancellationToken)
    {
        while (_peeked < _first.Length)
        {
            var count = await inner.ReadAsync(_first.AsMemory(_peeked), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }

            Crc32c = IO.Crc32C.Append(Crc32c, _first.AsSpan(_peeked, count));
            _peeked += count;
            BytesRead += count;
        }

        return _first is [0x1F, 0x8B];
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_given < _peeked && !buffer.IsEmpty)
        {
            var count = Math.Min(_peeked - _given, buffer.Length);
            _first.AsMemory(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }

        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        BytesRead += read;
        Crc32c = IO.Crc32C.Append(Crc32c, buffer.Span[..read]);
        return read;
    }

    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (await ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
        {
            // Read for the checksum only.
        }
    }
}
