using System.Globalization;

namespace CodRetrieve.Testing;

/// <summary>The single byte range of a Range header (RFC 9110, section 14).</summary>
internal static class ByteRange
{
    private const string Unit = "bytes=";

    /// <summary>Reads a header; false means that it is to be ignored. A null <paramref name="range"/> cannot be satisfied.</summary>
    public static bool TryParse(string? header, long size, out (long Offset, long Count)? range)
    {
        range = null;
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var spec = header.AsSpan(Unit.Length).Trim();
        var dash = spec.IndexOf('-');
        if (dash < 0 || !TryNumber(spec[..dash], out var first) || !TryNumber(spec[(dash + 1)..], out var last))
        {
            return false;
        }

        switch (first, last)
        {
            case (null, null):
            case ({ } a, { } b) when b < a:
                return false;
            case (null, { } suffix):
                var count = Math.Min(suffix, size);
                range = count > 0 ? (size - count, count) : null;
                return true;
            case ({ } start, _):
                range = start < size ? (start, Math.Min(last ?? long.MaxValue, size - 1) - start + 1) : null;
                return true;
        }
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out long? number)
    {
        number = null;
        if (text.IsEmpty)
        {
            return true;
        }

        var ok = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        number = value;
        return ok;
    }
}
