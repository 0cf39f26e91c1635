namespace CodRetrieve.Testing;

/// <summary>A synthetic DICOM file of an exact size; its bytes are made when read.</summary>
internal sealed class InstanceContent : IObjectContent
{
    private readonly DicomTags _tags;
    private readonly DicomShape _shape;
    private readonly ulong _key;
    private readonly long _pixelsAt;
    private readonly long _paddingAt;
    private readonly long _evenLength;

    public InstanceContent(DicomTags tags, long length, bool allowTrailingByte, ulong key)
    {
        _tags = tags;
        _key = key;
        Length = length;
        _evenLength = length & ~1L;
        _pixelsAt = DicomHeader.Write(tags, default).Length;
        if (_evenLength != length && !allowTrailingByte)
        {
            throw new ArgumentException($"A DICOM file has an even size, and {length} is odd: see AllowTrailingByte.");
        }

        if (_evenLength < _pixelsAt + 2 || length - _pixelsAt > DicomShape.MaxElementBytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(length),
                length,
                $"A synthetic instance has from {_pixelsAt + 2} to {_pixelsAt + DicomShape.MaxElementBytes} bytes.");
        }

        _shape = DicomShape.Of(_evenLength - _pixelsAt);
        _paddingAt = _pixelsAt + _shape.PixelBytes;
    }

    public long Length { get; }

    public DicomTags Tags => _tags;

    public DicomShape Shape => _shape;

    public ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Read(offset, destination.Span);
        return ValueTask.CompletedTask;
    }

    public void Read(long offset, Span<byte> destination)
    {
        ContentRange.Check(this, offset, destination.Length);

        // Pseudo-random bytes everywhere first; then the few that mean something are laid over them.
        SplitMix64.Fill(_key, offset, destination);
        if (offset < _pixelsAt)
        {
            Lay(DicomHeader.Write(_tags, _shape), 0, offset, destination);
        }

        if (_paddingAt < _evenLength && offset < _paddingAt + DicomHeader.PaddingHeaderLength)
        {
            Lay(DicomHeader.Padding((uint)_shape.PaddingBytes), _paddingAt, offset, destination);
        }
    }

    private static void Lay(ReadOnlySpan<byte> piece, long pieceAt, long offset, Span<byte> destination)
    {
        var from = Math.Max(pieceAt, offset);
        var to = Math.Min(pieceAt + piece.Length, offset + destination.Length);
        if (from < to)
        {
            piece[(int)(from - pieceAt)..(int)(to - pieceAt)].CopyTo(destination[(int)(from - offset)..]);
        }
    }
}
