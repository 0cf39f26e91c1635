using CodRetrieve.IO;

namespace CodRetrieve.Tests.Support;

/// <summary>Gives its bytes in small pieces, and may break at their end.</summary>
internal sealed class PiecewiseStream(ReadOnlyMemory<byte> content, int chunk, Exception? breaksWith = null) : ForwardOnlyReadStream
{
    private int _position;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(Math.Min(chunk, buffer.Length), content.Length - _position);
        if (count == 0 && breaksWith is not null)
        {
            throw breaksWith;
        }

        content.Slice(_position, count).CopyTo(buffer);
        _position += count;
        return ValueTask.FromResult(count);
    }
}
