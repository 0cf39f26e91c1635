namespace CodRetrieve.Testing;

/// <summary>Several contents one after the other, read as one; a part is asked only for the bytes that a read touches.</summary>
public sealed class CompositeContent : IObjectContent
{
    private readonly IObjectContent[] _parts;
    private readonly long[] _starts;

    /// <summary>Joins <paramref name="parts"/> in the order given.</summary>
    /// <param name="parts">The contents to join; empty ones are left out.</param>
    /// <exception cref="OverflowException">The sum of the lengths exceeds <see cref="long.MaxValue"/>.</exception>
    public CompositeContent(IEnumerable<IObjectContent> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = [.. parts.Where(part => part.Length > 0)];
        _starts = new long[_parts.Length];
        for (var i = 0; i < _parts.Length; i++)
        {
            _starts[i] = Length;
            Length = checked(Length + _parts[i].Length);
        }
    }

    /// <summary>Joins <paramref name="parts"/> in the order given.</summary>
    /// <param name="parts">The contents to join; empty ones are left out.</param>
    public CompositeContent(params IObjectContent[] parts)
        : this((IEnumerable<IObjectContent>)parts)
    {
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ContentRange.Check(this, offset, destination.Length);
        while (!destination.IsEmpty)
        {
            var index = PartAt(offset);
            var within = offset - _starts[index];
            var count = (int)Math.Min(destination.Length, _parts[index].Length - within);
            await _parts[index].ReadAsync(within, destination[..count], cancellationToken).ConfigureAwait(false);
            destination = destination[count..];
            offset += count;
        }
    }

    private int PartAt(long offset)
    {
        var found = Array.BinarySearch(_starts, offset);
        return found >= 0 ? found : ~found - 1;
    }
}
