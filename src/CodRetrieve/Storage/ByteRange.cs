using System.Globalization;

namespace CodRetrieve.Storage;

/// <summary>A range of bytes of an object: the first byte's offset, and the offset behind the last byte.</summary>
/// <param name="Start">The offset of the first byte, from 0.</param>
/// <param name="EndExclusive">The offset behind the last byte (exclusive), greater than <paramref name="Start"/>.</param>
public readonly record struct ByteRange(long Start, long EndExclusive)
{
    /// <summary>Gets the number of bytes.</summary>
    public long Length => EndExclusive - Start;

    /// <summary>Writes the range as in a <c>Range</c> header, whose last offset is inclusive.</summary>
    /// <returns>For example <c>bytes=0-511</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"bytes={Start}-{EndExclusive - 1}");
}
