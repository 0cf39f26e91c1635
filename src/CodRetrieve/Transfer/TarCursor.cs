using System.Buffers;
using CodRetrieve.Storage;

namespace CodRetrieve.Transfer;

/// <summary>
/// Reads forward through a range of a tar in large pieces. Skipping over much opens the tar again behind it instead of reading through. For
/// use by one reader at a time.
/// </summary>
internal sealed class TarCursor : IAsyncDisposable
{
    // Those of all connections together, but for the least and the greatest: the more there are, the less each brings.
    private const int BufferBytesOfAll = 4 * 1024 * 1024;
    private const int MinBufferBytes = 64 * 1024;
    private const int MaxBufferBytes = 256 * 1024;
    // From here on a read of its own costs less than copying what a larger one brought.
    private const int DirectBytes = 64 * 1024;
    // Below this, reading through costs less than the time a new request takes.
    private const long ReopenBytes = 4 * 1024 * 1024;

    private readonly ObjectReader _objects;
    private readonly RequestPermit _permit;
    private readonly ObjectRange _slice;
    private readonly Action<int>? _received;
    private readonly long _end;
    private byte[] _buffer;
    private int _position;
    private int _filled;
    private ResumingStream? _stream;

    /// <param name="objects">The store's objects.</param>
    /// <param name="slice">The tar and the range to move in.</param>
    /// <param name="permit">What its requests are made with; not owned.</param>
    /// <param name="received">Receives the number of bytes that arrive over the wire.</param>
    /// <param name="opened">The bytes of the slice, where they were asked for ahead; disposed by the cursor.</param>
    public TarCursor(ObjectReader objects, ObjectRange slice, RequestPermit permit, Action<int>? received, ResumingStream? opened = null)
    {
        var range = slice.Range ?? throw new ArgumentException("A cursor needs to know where its range ends.", nameof(slice));
        _objects = objects;
        _permit = permit;
        _stream = opened;
        _slice = slice;
        _received = received;
        _end = range.EndExclusive;
        Offset = range.Start;
        _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Clamp(BufferBytesOfAll / objects.Budget.Limit, MinBufferBytes, MaxBufferBytes), range.Length));
    }

    /// <summary>The offset in the tar of the next byte.</summary>
    public long Offset { get; private set; }

    /// <summary>Reads some bytes, at least one unless the range's end is reached.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_position == _filled)
        {
            // A large read goes past the buffer, straight to where it is wanted.
            if (destination.Length >= DirectBytes)
            {
                var direct = await ReadStreamAsync(destination, cancellationToken).ConfigureAwait(false);
                Offset += direct;
                return direct;
            }

            await FillAsync(cancellationToken).ConfigureAwait(false);
        }

        var count = Math.Min(destination.Length, _filled - _position);
        _buffer.AsMemory(_position, count).CopyTo(destination);
        _position += count;
        Offset += count;
        return count;
    }

    /// <summary>Moves forward to an offset.</summary>
    public async ValueTask MoveToAsync(long offset, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, Offset);
        var ahead = offset - Offset - (_filled - _position);
        if (ahead > ReopenBytes || _stream is null)
        {
            _position = _filled;
            Offset = offset;
            await CloseStreamAsync().ConfigureAwait(false);
            return;
        }

        while (Offset < offset)
        {
            if (_position == _filled)
            {
                await FillAsync(cancellationToken).ConfigureAwait(false);
                if (_filled == 0)
                {
                    return;
                }
            }

            var count = (int)Math.Min(_filled - _position, offset - Offset);
            _position += count;
            Offset += count;
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        _position = 0;
        _filled = 0;
        _filled = await ReadStreamAsync(_buffer, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<int> ReadStreamAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (Offset >= _end)
        {
            return 0;
        }

        _stream ??= _objects.Open(_slice with { Range = new ByteRange(Offset, _end) }, _received, _permit);
        return await _stream.ReadAsync(destination, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask CloseStreamAsync()
    {
        if (_stream is { } stream)
        {
            _stream = null;
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseStreamAsync().ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _buffer, []));
    }
}
