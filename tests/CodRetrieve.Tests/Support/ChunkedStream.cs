namespace CodRetrieve.Tests.Support;

/// <summary>Gives bytes in pieces of awkward sizes, never block-aligned, yielding between them.</summary>
public sealed class ChunkedStream(ReadOnlyMemory<byte> bytes, params int[] chunkSizes) : ReadOnlyForwardStream
{
    private static readonly int[] Awkward = [1, 511, 7, 8191, 65537, 3];

    private readonly int[] _sizes = chunkSizes.Length > 0 ? chunkSizes : Awkward;
    private int _position;
    private int _next;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        var count = Math.Min(Math.Min(buffer.Length, _sizes[_next++ % _sizes.Length]), bytes.Length - _position);
        bytes.Slice(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }
}
