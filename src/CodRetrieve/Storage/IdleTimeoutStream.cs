using CodRetrieve.IO;

namespace CodRetrieve.Storage;

/// <summary>
/// Reads from a stream that must keep moving: a read that brings nothing within the timeout fails as
/// <see cref="ObjectStoreFailure.Unavailable"/>, and cancelling ends a read at once. Owns the inner stream.
/// </summary>
internal sealed class IdleTimeoutStream : ForwardOnlyReadStream
{
    private readonly Stream _inner;
    private readonly TimeSpan _timeout;
    private readonly string _uri;
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;

    public IdleTimeoutStream(Stream inner, TimeSpan timeout, string uri, TimeProvider time)
    {
        _inner = inner;
        _timeout = timeout;
        _uri = uri;
        _timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), _stop, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reading = _inner.ReadAsync(buffer, _stop.Token);
        return reading.IsCompletedSuccessfully ? reading : WaitAsync(reading, cancellationToken);
    }

    private async ValueTask<int> WaitAsync(ValueTask<int> reading, CancellationToken cancellationToken)
    {
        _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
        var cancelling = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _stop);
        try
        {
            return await reading.ConfigureAwait(false);
        }
        catch (Exception e) when (_stop.IsCancellationRequested)
        {
            // What a cut-off read throws depends on the stream; why it was cut off is known here.
            cancellationToken.ThrowIfCancellationRequested();
            throw new ObjectStoreException(ObjectStoreFailure.Unavailable, $"{_uri}: no byte came for {_timeout.TotalSeconds:0.###} s.", e);
        }
        finally
        {
            await cancelling.DisposeAsync().ConfigureAwait(false);
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _inner.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
