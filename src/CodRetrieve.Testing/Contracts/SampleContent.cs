namespace CodRetrieve.Testing.Contracts;

/// <summary>Content as a job gives it: forward, asynchronously, in awkward pieces; behind its last byte it ends, throws, or waits.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="end">What comes behind them; <see langword="null"/> for the end.</param>
internal sealed class SampleContent(ReadOnlyMemory<byte> bytes, Func<CancellationToken, Task>? end = null) : Stream
{
    private static readonly int[] Pieces = [1, 511, 7, 8191, 65537, 3];

    private int _position;
    private int _next;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        var count = Math.Min(Math.Min(buffer.Length, Pieces[_next++ % Pieces.Length]), bytes.Length - _position);
        if (count == 0 && buffer.Length > 0 && end is not null)
        {
            await end(cancellationToken).ConfigureAwait(false);
        }

        bytes.Slice(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The content is read asynchronously: use ReadAsync.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
