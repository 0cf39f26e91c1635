using System.Buffers;
using CodRetrieve.Diagnostics;
using CodRetrieve.IO;

namespace CodRetrieve.Storage;

/// <summary>
/// The bytes of one slice of an object, in order and without a gap, however often the connection breaks: a broken body is asked for again
/// from the next byte on, pinned to the object's generation. Every response is validated before a byte of it is handed out.
/// </summary>
/// <remarks>
/// The number of attempts in a row that bring no progress is bounded; progress resets the bound, so that a slow but moving transfer goes
/// on. For use by one reader at a time.
/// </remarks>
internal sealed class ResumingStream : ForwardOnlyReadStream
{
    // Less than this between two breaks is no progress: a server that breaks after every few bytes must not be asked for ever.
    private const int ProgressBytes = 64 * 1024;
    private const int SkipBufferBytes = 128 * 1024;

    private readonly IObjectStore _store;
    private readonly RequestPolicy _policy;
    private readonly OutageDetector _health;
    private readonly ObjectRange _slice;
    private readonly Action<int>? _received;
    private readonly RequestPermit _permit;
    private readonly bool _ownsPermit;
    private readonly string _uri;
    private long _position;
    private long? _end;
    private bool _isDecompressed;
    private ObjectContent? _body;
    private IdleTimeoutStream? _content;
    private int _breaks;
    private long _positionOfBreak;
    private ObjectStoreException? _lastBreak;

    /// <param name="store">The store; not owned.</param>
    /// <param name="policy">How requests are tried.</param>
    /// <param name="health">Notes whether the store gives anything to anybody.</param>
    /// <param name="slice">Which bytes.</param>
    /// <param name="received">Receives the number of bytes whenever some arrive.</param>
    /// <param name="permit">What the requests are made with.</param>
    /// <param name="ownsPermit">Whether to give the permit back at the end.</param>
    public ResumingStream(
        IObjectStore store, RequestPolicy policy, OutageDetector health, ObjectRange slice, Action<int>? received, RequestPermit permit, bool ownsPermit)
    {
        _store = store;
        _policy = policy;
        _health = health;
        _slice = slice;
        _received = received;
        _permit = permit;
        _ownsPermit = ownsPermit;
        _uri = store.GetUri(slice.Name);
        _position = slice.Range?.Start ?? 0;
        _end = slice.Range?.EndExclusive ?? slice.ObjectSizeBytes;
    }

    /// <summary>The offset in the object of the next byte.</summary>
    public long Offset => _position;

    /// <summary>Whether the store decompresses the object on the way, so that its listed size and CRC32C say nothing about these bytes.</summary>
    public bool IsDecompressed => _isDecompressed;

    /// <summary>Makes the request ahead of the first read, once.</summary>
    /// <exception cref="ObjectStoreException">It failed; the first read makes it again.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await OpenBodyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (e is ObjectStoreException failure)
            {
                _permit.AddFailure(failure);
            }

            await CloseBodyAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || _position >= _end)
        {
            return 0;
        }

        try
        {
            return await ReadResumingAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (_health.RecordFailure(e) is var failure && failure != e)
        {
            throw failure;
        }
    }

    private async ValueTask<int> ReadResumingAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_content is not null)
        {
            try
            {
                return await ReadBodyAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (AsBreak(e) is { } broken)
            {
                await CloseBodyAsync().ConfigureAwait(false);
                CountBreak(broken);
            }
        }

        return await ReopenAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<int> ReopenAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        // The first break after progress is resumed at once. Further ones are handed to the retry policy, so that it waits.
        var pending = _breaks > 1 ? _lastBreak : null;
        return _policy.ExecuteAsync(
            _permit,
            _health,
            async ct =>
            {
                if (Interlocked.Exchange(ref pending, null) is { } before)
                {
                    throw before;
                }

                try
                {
                    await OpenBodyAsync(ct).ConfigureAwait(false);
                    return await ReadBodyAsync(buffer, ct).ConfigureAwait(false);
                }
                catch (Exception e) when (AsBreak(e) is { } broken)
                {
                    await CloseBodyAsync().ConfigureAwait(false);
                    throw ReferenceEquals(e, broken) ? e : broken;
                }
                catch
                {
                    await CloseBodyAsync().ConfigureAwait(false);
                    throw;
                }
            },
            cancellationToken);
    }

    private async ValueTask<int> ReadBodyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_end is { } end && end - _position < buffer.Length)
        {
            buffer = buffer[..(int)(end - _position)];
        }

        foreach (var limit in _policy.Bandwidth)
        {
            buffer = buffer[..Math.Min(buffer.Length, limit.MaxReadBytes)];
        }

        var reading = _content!.ReadAsync(buffer, cancellationToken);
        long? waitedSince = reading.IsCompleted ? null : _permit.Timestamp();
        var count = await reading.ConfigureAwait(false);
        _permit.AddBytes(count, waitedSince);
        if (count == 0 && _end is { } expected)
        {
            throw InvalidResponse($"the body ended {expected - _position} bytes early");
        }

        _health.RecordSuccess();
        _received?.Invoke(count);
        _position += count;
        await BandwidthLimit.PassAsync(_policy.Bandwidth, count, _policy.Time, cancellationToken).ConfigureAwait(false);
        return count;
    }

    private async Task OpenBodyAsync(CancellationToken cancellationToken)
    {
        // What a store decompresses on the way has no ranges: it is read from its start again.
        ByteRange? range = _isDecompressed || (_slice.Range is null && _position == 0) || _end is null ? null : new ByteRange(_position, _end.Value);
        _permit.Begin();
        _body = await _store.OpenReadAsync(_slice.Name, _slice.Generation, range, cancellationToken).ConfigureAwait(false);
        _permit.AddResponse();
        _content = new IdleTimeoutStream(_body.Content, _policy.Limits, _uri, _policy.Time);
        ValidateResponse(_body, range);
        await SkipAsync(_position - _body.Offset, cancellationToken).ConfigureAwait(false);
    }

    private void ValidateResponse(ObjectContent body, ByteRange? asked)
    {
        if (body.IsDecompressed)
        {
            if (_slice.Range is not null)
            {
                throw new ObjectStoreException(ObjectStoreFailure.Rejected, $"{_uri}: the object is stored with content-encoding gzip, and the store decompresses it on the way, so that no range of it can be read. Store it plain.");
            }

            if (_position > 0 && !_isDecompressed)
            {
                throw InvalidResponse("decompressed bytes followed compressed ones");
            }

            _isDecompressed = true;
            _end = null;
            return;
        }

        if (_isDecompressed)
        {
            if (_position > 0)
            {
                throw InvalidResponse("compressed bytes followed decompressed ones");
            }

            _isDecompressed = false;
            _end = _slice.ObjectSizeBytes;
        }

        if (body.IsCompressed && _slice.Range is not null)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Rejected, $"{_uri}: the object is stored with content-encoding gzip, so that a range of it is none of the tar. Store it plain.");
        }

        if (_slice.Generation is { } generation && body.Generation is { } got && got != generation)
        {
            throw InvalidResponse($"generation {got} came instead of {generation}");
        }

        if (_slice.ObjectSizeBytes is { } size && body.ObjectSizeBytes is { } gotSize && gotSize != size)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Changed, $"{_uri}: an object of {gotSize} bytes came instead of the one of {size} that was listed.");
        }

        if (body.Offset > _position)
        {
            throw InvalidResponse($"bytes from {body.Offset} came instead of from {_position}");
        }

        // The whole object where a range was asked for is a store without ranges; it is read up to the place. A wrong range is no such.
        if (asked is { } range && body.Offset != range.Start && (body.Offset != 0 || body.HasContentRange))
        {
            throw InvalidResponse($"bytes from {body.Offset} came instead of from {range.Start}");
        }

        if (_end is null && body.LengthBytes is { } length)
        {
            _end = body.Offset + length;
        }
    }

    private async Task SkipAsync(long count, CancellationToken cancellationToken)
    {
        if (count == 0)
        {
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(SkipBufferBytes);
        try
        {
            while (count > 0)
            {
                var read = await _content!.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    throw InvalidResponse($"the body ended before byte {_position}");
                }

                _received?.Invoke(read);
                count -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void CountBreak(ObjectStoreException broken)
    {
        _breaks = _position - _positionOfBreak >= ProgressBytes ? 1 : _breaks + 1;
        _positionOfBreak = _position;
        _lastBreak = broken;
        if (_breaks > _policy.MaxRetryAttempts)
        {
            throw broken;
        }

        if (_breaks == 1)
        {
            // Resumed at once: the retry policy, which counts the others, does not see it.
            CodMeter.RequestRetried(broken.Reason);
        }
    }

    private ObjectStoreException? AsBreak(Exception exception) => exception switch
    {
        ObjectStoreException { IsTransient: true } failure => failure,
        // Only of a body: what is thrown before there is one is not the connection's but, for example, a token source's.
        IOException or HttpRequestException when _body is not null => new ObjectStoreException(ObjectStoreFailure.Unavailable, $"{_uri}: the connection broke at byte {_position}.", exception),
        _ => null,
    };

    private ObjectStoreException InvalidResponse(string what) => new(ObjectStoreFailure.InvalidResponse, $"{_uri}: {what}.");

    private async ValueTask CloseBodyAsync()
    {
        if (_content is { } content)
        {
            _content = null;
            await content.DisposeAsync().ConfigureAwait(false);
        }

        if (_body is { } body)
        {
            _body = null;
            await body.DisposeAsync().ConfigureAwait(false);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await CloseBodyAsync().ConfigureAwait(false);
        if (_ownsPermit)
        {
            _permit.Dispose();
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }
}
