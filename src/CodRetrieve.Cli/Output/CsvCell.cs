using System.Buffers;

namespace CodRetrieve.Cli.Output;

/// <summary>A value in a table as RFC 4180 has it.</summary>
internal static class CsvCell
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",\r\n");

    /// <summary>The value, in quotes where it needs them.</summary>
    public static string Of(string value) =>
        // A space at an end is part of the value, and some readers trim what has no quotes.
        value.AsSpan().ContainsAny(Quoted) || value.StartsWith(' ') || value.EndsWith(' ')
            ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : value;
}
