using CodRetrieve.IO;

namespace CodRetrieve.Dimse;

/// <summary>
/// An instance's content, of which the first bytes are kept up to a limit, so that a small instance can be sent again although its stream is read once. For one caller at a
/// time; the stream stays its owner's.
/// </summary>
/// <param name="name">The instance's name, for messages.</param>
/// <param name="inner">The content.</param>
/// <param name="maxKeptBytes">The limit. What <see cref="PartTenFile.ReadAsync"/> reads is kept in any case.</param>
/// <param name="buffers">Where bytes are kept; <see langword="null"/> for buffers of its own.</param>
internal sealed class ReplayableContent(string name, Stream inner, long maxKeptBytes, RetryBuffers? buffers = null) : IDisposable
{
    private const int ChunkBytes = RetryBuffers.BufferBytes;
    private const int MinKeptBytes = PartTenFile.MaxMetaBytes + ChunkBytes;

    private readonly long _maxKeptBytes = Math.Max(maxKeptBytes, MinKeptBytes);
    private readonly RetryBuffers _buffers = buffers ?? new RetryBuffers(long.MaxValue);
    private readonly List<byte[]> _chunks = [];
    private long _kept;
    private long _dataSet;
    private bool _isKeeping = true;
    private bool _hasEnded;

    /// <summary>The instance's name, for messages.</summary>
    public string Name { get; } = name;

    /// <summary>The number of bytes before the next one that is read.</summary>
    public long Position { get; private set; }

    /// <summary>The number of bytes that were read of the stream.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Their CRC32C.</summary>
    public uint Crc32c { get; private set; }

    /// <summary>What reading the stream failed with; <see langword="null"/> while nothing did.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Says that the data set begins at a byte that was read, and continues there.</summary>
    public void BeginDataSetAt(long position) => Position = _dataSet = position;

    /// <summary>Goes back to the beginning of the data set.</summary>
    /// <returns><see langword="false"/> if its bytes are no longer there.</returns>
    public bool TryRewind()
    {
        Position = _isKeeping ? _dataSet : Position;
        return Position == _dataSet && Failure is null;
    }

    public async ValueTask<bool> TryReadExactlyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        return await FillAsync(buffer, cancellationToken).ConfigureAwait(false) == buffer.Length;
    }

    /// <summary>Fills a buffer; with less than it holds only at the end, which is reached only when the stream has verified its content.</summary>
    public async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < buffer.Length && await ReadAsync(buffer[filled..], cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            filled += count;
        }

        return filled;
    }

    public void Dispose() => Drop();

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_isKeeping && Position < _kept)
        {
            var (chunk, offset) = ((int)(Position / ChunkBytes), (int)(Position % ChunkBytes));
            var available = (int)Math.Min(Math.Min(ChunkBytes - offset, _kept - Position), buffer.Length);
            _chunks[chunk].AsMemory(offset, available).CopyTo(buffer);
            Position += available;
            return available;
        }

        if (_hasEnded)
        {
            return 0;
        }

        int count;
        try
        {
            count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Failure = e;
            throw;
        }

        _hasEnded = count == 0;
        SizeBytes += count;
        Crc32c = Crc32C.Append(Crc32c, buffer.Span[..count]);
        Keep(buffer.Span[..count]);
        Position += count;
        return count;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (!_isKeeping)
        {
            return;
        }

        if (_kept + bytes.Length > _maxKeptBytes)
        {
            Drop();
            return;
        }

        while (!bytes.IsEmpty)
        {
            var offset = (int)(_kept % ChunkBytes);
            if (offset == 0)
            {
                if (_buffers.Rent(isNeeded: _kept < MinKeptBytes) is not { } chunk)
                {
                    Drop();
                    return;
                }

                _chunks.Add(chunk);
            }

            var count = Math.Min(ChunkBytes - offset, bytes.Length);
            bytes[..count].CopyTo(_chunks[^1].AsSpan(offset));
            bytes = bytes[count..];
            _kept += count;
        }
    }

    private void Drop()
    {
        _isKeeping = false;
        _chunks.ForEach(_buffers.Return);
        _chunks.Clear();
    }
}
