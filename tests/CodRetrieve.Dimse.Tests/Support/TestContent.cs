namespace CodRetrieve.Dimse.Tests.Support;

/// <summary>Content as a job gives it: forward and asynchronously, in pieces; at its end it may fail, or wait.</summary>
internal sealed class TestContent(byte[] head, long zeros = 0, Func<CancellationToken, Task>? end = null) : ReadOnlyForwardStream
{
    private long _position;

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
}
