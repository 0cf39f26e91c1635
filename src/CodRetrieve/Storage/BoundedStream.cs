using System.Buffers;
using CodRetrieve.IO;

namespace CodRetrieve.Storage;

/// <summary>
/// Reads a body through a buffer of its own, so that a read which takes no notice of being cancelled can be given up: it may still fill that
/// buffer, never the reader's. Owns the body. For use by one reader at a time.
/// </summary>
internal sealed class BoundedStream(ObjectContent body, TimeSpan disposeTimeout, TimeProvider time) : ForwardOnlyReadStream
{
    private const int BufferBytes = 128 * 1024;

    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private Task<int>? _abandoned;
    private bool _isDisposed;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_buffer is not { } own)
        {
            throw _isDisposed ? new ObjectDisposedException(nameof(BoundedStream)) : new IOException("A read of the body was given up before.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var reading = body.Content.ReadAsync(own.AsMemory(0, Math.Min(own.Length, buffer.Length)), cancellationToken);
        return reading.IsCompletedSuccessfully ? ValueTask.FromResult(Copy(own, reading.Result, buffer)) : WaitAsync(reading.AsTask(), own, buffer, cancellationToken);
    }

    private async ValueTask<int> WaitAsync(Task<int> reading, byte[] own, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return Copy(own, await reading.WaitAsync(cancellationToken).ConfigureAwait(false), buffer);
        }
        catch (OperationCanceledException) when (!reading.IsCompleted)
        {
            // The buffer is the read's now, and goes with it.
            _buffer = null;
            _abandoned = reading;
            Abandoned.Observe(reading);
            throw;
        }
    }

    private static int Copy(byte[] own, int count, Memory<byte> buffer)
    {
        own.AsSpan(0, count).CopyTo(buffer.Span);
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (Interlocked.Exchange(ref _buffer, null) is { } own)
        {
            ArrayPool<byte>.Shared.Return(own);
        }

        var disposing = body.DisposeAsync();
        if (!disposing.IsCompletedSuccessfully)
        {
            await WaitAsync(disposing.AsTask()).ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WaitAsync(Task disposing)
    {
        if (_abandoned is not null)
        {
            Abandoned.Observe(disposing);
            return;
        }

        try
        {
            await disposing.WaitAsync(disposeTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!disposing.IsCompleted)
        {
            // All its bytes that anybody wanted are here.
            Abandoned.Observe(disposing);
        }
    }
}
