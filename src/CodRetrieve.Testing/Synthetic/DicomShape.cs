namespace CodRetrieve.Testing;

/// <summary>How the bytes after the header are shared out: pixels of 16 bits, then trailing padding for what makes no
/// rectangle.</summary>
internal readonly record struct DicomShape(ushort Rows, ushort Columns, long PixelBytes, long PaddingBytes)
{
    /// <summary>The most bytes an element of defined, even length holds (PS3.5, section 7.1.1).</summary>
    public const long MaxElementBytes = 0xFFFF_FFFE;

    /// <param name="bytes">An even number, 2 at least.</param>
    public static DicomShape Of(long bytes)
    {
        var pixels = bytes / 2;
        var columns = (long)Math.Sqrt(pixels);
        if (pixels % columns == 0)
        {
            return new((ushort)(pixels / columns), (ushort)columns, bytes, 0);
        }

        var rest = pixels - (DicomHeader.PaddingHeaderLength / 2);
        if (rest < 1)
        {
            return new((ushort)pixels, 1, bytes, 0);
        }

        columns = (long)Math.Sqrt(rest);
        var rows = rest / columns;
        var used = rows * columns * 2;
        return new((ushort)rows, (ushort)columns, used, (rest * 2) - used);
    }
}
