using System.Globalization;

namespace CodRetrieve.Dicom;

/// <summary>An age string (AS; PS3.5, 6.2): <c>018M</c>. A month counts as a twelfth of 365.25 days.</summary>
internal static class AgeText
{
    private const double DaysPerYear = 365.25;

    /// <returns>The age in days; <see langword="null"/> for what is no age string.</returns>
    public static double? ParseDays(string text)
    {
        if (text.Length is < 2 or > 4 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return text[^1] switch
        {
            'D' => number,
            'W' => number * 7.0,
            'M' => number * DaysPerYear / 12,
            'Y' => number * DaysPerYear,
            _ => null,
        };
    }
}
