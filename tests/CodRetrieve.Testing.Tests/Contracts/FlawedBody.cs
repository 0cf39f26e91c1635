namespace CodRetrieve.Testing.Tests.Contracts;

/// <summary>A body of a <see cref="FlawedStore"/>, which holds one of its connections until it is disposed.</summary>
internal sealed class FlawedBody(ReadOnlyMemory<byte> bytes, StoreFlaw flaw, SemaphoreSlim connections, CancellationToken callToken) : Stream
{
    private int _position;
    private bool _isDisposed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

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

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
