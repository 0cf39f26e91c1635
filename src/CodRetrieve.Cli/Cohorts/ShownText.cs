using System.Buffers;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>
/// What a message may show of a cohort. A row holds names and numbers of patients beside its UIDs, and a comma that is missing or too many brings them into the column of the UIDs: so
/// what could be one of these is not shown; its line and column tell where it is.
/// </summary>
internal static class ShownText
{
    private const int MaxLength = 60;

    private static readonly SearchValues<char> OfNumbers = SearchValues.Create("0123456789.,+-eE");
    private static readonly SearchValues<char> OfWords = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-_+/:!*");

    /// <summary>A cell of a UID, in quotes, where it is made of digits, as UIDs and what spreadsheets make of them are.</summary>
    /// <returns>The text for a message; <see langword="null"/> where it may be something else.</returns>
    public static string? OfCell(string text) => text.AsSpan().ContainsAnyInRange('0', '9') && !text.AsSpan().ContainsAnyExcept(OfNumbers) ? Quoted(text) : null;

    /// <summary>The word that a line of a list consists of, in quotes: no names with blanks, no fields of a table, no query with a token.</summary>
    /// <returns>The text for a message; <see langword="null"/> where it is more than a word.</returns>
    public static string? OfLine(string text) => text.Length > 0 && (!text.AsSpan().ContainsAnyExcept(OfWords) || CohortUid.IsNumber(text)) ? Quoted(text) : null;

    private static string Quoted(string text) => text.Length <= MaxLength ? $"'{text}'" : $"'{text[..MaxLength]}…'";
}
