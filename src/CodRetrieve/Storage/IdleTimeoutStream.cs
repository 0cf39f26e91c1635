using System.Globalization;
using CodRetrieve.IO;

namespace CodRetrieve.Storage;

/// <summary>
/// Reads from a stream that must keep moving: one that brings nothing within the timeout, or less than the least rate over a minute, fails as
/// <see cref="ObjectStoreFailure.Unavailable"/>, and cancelling ends a read at once. Owns the inner stream.
/// </summary>
internal sealed class IdleTimeoutStream : ForwardOnlyReadStream
{
    private readonly Stream _inner;
    private readonly ReadLimits _limits;
    private readonly string _uri;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private TimeSpan _waited;
    private long _bytes;

    public IdleTimeoutStream(Stream inner, ReadLimits limits, string uri, TimeProvider time)
    {
        _inner = inner;
        _limits = limits;
        _uri = uri;
        _time = time;
        _timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), _stop, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var started = _time.GetTimestamp();
        var reading = _inner.ReadAsync(buffer, _stop.Token);
        if (!reading.IsCompletedSuccessfully)
        {
            return WaitAsync(reading, started, cancellationToken);
        }

        var count = reading.Result;
        ThrowIfTooSlow(count, _time.GetElapsedTime(started));
        return ValueTask.FromResult(count);
    }

    private async ValueTask<int> WaitAsync(ValueTask<int> reading, long started, CancellationToken cancellationToken)
    {
        _timer.Change(_limits.IdleTimeout, Timeout.InfiniteTimeSpan);
        var cancelling = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _stop);
        int count;
        try
        {
            count = await reading.ConfigureAwait(false);
        }
        catch (Exception e) when (_stop.IsCancellationRequested)
        {
            // What a cut-off read throws depends on the stream; why it was cut off is known here.
            cancellationToken.ThrowIfCancellationRequested();
            throw new ObjectStoreException(
                ObjectStoreFailure.Unavailable,
                $"{_uri}: no byte came for {_limits.IdleTimeout.TotalSeconds:0.###} s (the idle timeout: IdleTimeout, --idle-timeout).",
                e);
        }
        finally
        {
            await cancelling.DisposeAsync().ConfigureAwait(false);
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        ThrowIfTooSlow(count, _time.GetElapsedTime(started));
        return count;
    }

    // Only the time in which a reader waited counts: who reads slowly is no reason to give up a connection.
    private void ThrowIfTooSlow(int count, TimeSpan waited)
    {
        _bytes += count;
        _waited += waited;
        if (count == 0 || _waited < ReadLimits.Window)
        {
            return;
        }

        if (_bytes < _limits.MinBytesPerSecond * _waited.TotalSeconds)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Unavailable,
                string.Create(CultureInfo.InvariantCulture, $"{_uri}: {_bytes} bytes came in {_waited.TotalSeconds:0} s, which is less than {_limits.MinBytesPerSecond} bytes per second (MinBytesPerSecond, --min-rate)."));
        }

        (_bytes, _waited) = (0, TimeSpan.Zero);
    }

    public override async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _inner.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
