using System.Globalization;

namespace CodRetrieve;

/// <summary>A range of bytes of an object: the first byte's offset, and the offset behind the last byte.</summary>
/// <param name="Start">The offset of the first byte, from 0.</param>
/// <param name="End">The offset behind the last byte (exclusive), greater than <paramref name="Start"/>.</param>
public readonly record struct ByteRange(long Start, long End)
{
    /// <summary>The number of bytes.</summary>
    public long Length => End - Start;

    /// <summary>Writes the range as in a <c>Range</c> header, whose last offset is inclusive.</summary>
    /// <returns>For example <c>bytes=0-511</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"bytes={Start}-{End - 1}");
}
