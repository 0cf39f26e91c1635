namespace CodRetrieve.Dimse.Tests.Support;

/// <summary>Content as a job gives it: forward and asynchronously, in pieces; at its end it may fail, or wait.</summary>
internal sealed class TestContent(byte[] head, long zeros = 0, Func<CancellationToken, Task>? end = null) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public long BytesRead => _position;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var count = (int)Math.Min(Math.Min(buffer.Length, 50_000), head.Length + zeros - _position);
        if (count == 0)
        {
            await (end?.Invoke(cancellationToken) ?? Task.CompletedTask);
        }
        else if (_position < head.Length)
        {
            count = (int)Math.Min(count, head.Length - _position);
            head.AsMemory((int)_position, count).CopyTo(buffer);
        }
        else
        {
            buffer.Span[..count].Clear();
        }

        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
