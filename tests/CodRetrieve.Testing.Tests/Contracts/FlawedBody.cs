namespace CodRetrieve.Testing.Tests.Contracts;

/// <summary>A body of a <see cref="FlawedStore"/>, which holds one of its connections until it is disposed.</summary>
internal sealed class FlawedBody(ReadOnlyMemory<byte> bytes, StoreFlaw flaw, SemaphoreSlim connections, CancellationToken callToken) : ReadOnlyForwardStream
{
    private int _position;
    private bool _isDisposed;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        callToken.ThrowIfCancellationRequested();
        if (flaw != StoreFlaw.BodyIgnoresToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        var count = Math.Min(Math.Min(buffer.Length, 30_000), bytes.Length - _position);
        bytes.Slice(_position, count).CopyTo(buffer);
        _position += count;
        return ValueTask.FromResult(count);
    }

    protected override void Dispose(bool disposing)
    {
        ObjectDisposedException.ThrowIf(_isDisposed && flaw == StoreFlaw.DisposesOnce, this);
        if (!_isDisposed && (flaw != StoreFlaw.LeaksConnections || _position == bytes.Length))
        {
            connections.Release();
        }

        _isDisposed = true;
        base.Dispose(disposing);
    }
}
