namespace CodRetrieve.Tests.Support;

/// <summary>Gives some bytes and then throws, as content does whose connection broke or whose checksum is wrong.</summary>
public sealed class ThrowingStream(ReadOnlyMemory<byte> bytes, Func<Exception> failure) : ReadOnlyForwardStream
{
    private readonly ChunkedStream _inner = new(bytes);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _inner.ReadAsync(buffer, cancellationToken);
        return count > 0 ? count : throw failure();
    }
}
