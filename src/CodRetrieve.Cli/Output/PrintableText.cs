using System.Globalization;
using System.Text;

namespace CodRetrieve.Cli.Output;

/// <summary>Text from a store as a terminal may have it.</summary>
internal static class PrintableText
{
    /// <returns>
    /// The text with a <c>?</c> for each control character, line end, direction mark and broken surrogate: none of it may steer a terminal or
    /// reorder a line.
    /// </returns>
    public static string Of(string? text) =>
        text is null ? "" : string.Concat(text.EnumerateRunes().Select(rune => IsPrintable(rune) ? rune.ToString() : "?"));

    private static bool IsPrintable(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
