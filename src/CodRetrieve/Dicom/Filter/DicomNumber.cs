using System.Globalization;

namespace CodRetrieve.Dicom;

/// <summary>A number of a data set or of a filter: exact where it can be, else as a floating-point number.</summary>
internal readonly record struct DicomNumber(decimal? Exact, double Approximate)
{
    /// <summary>Reads a number; <see langword="null"/> for what is none, <c>NaN</c> included.</summary>
    public static DicomNumber? Parse(string text)
    {
        var word = text.Trim();
        if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var approximate) || double.IsNaN(approximate))
        {
            return null;
        }

        return new DicomNumber(decimal.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? exact : null, approximate);
    }

    /// <summary>Which of two numbers is the lower: below, at or above zero as by <see cref="IComparable{T}"/>.</summary>
    public static int Compare(in DicomNumber a, in DicomNumber b) =>
        a.Exact is { } first && b.Exact is { } second ? first.CompareTo(second) : a.Approximate.CompareTo(b.Approximate);
}
