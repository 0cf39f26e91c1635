using System.Text;
using System.Text.RegularExpressions;
using CodRetrieve.Cli.Output;

namespace CodRetrieve.Cli.Input;

/// <summary>
/// A list of studies as people have it: a UID a line, with or without quotes and comments; URLs of studies; a table with a header (CSV); or objects in
/// JSON, one a line. In whatever encoding Windows or a database wrote it.
/// </summary>
internal static partial class StudyListText
{
    private const int MaxBadLines = 20;
    private const int MaxTextLength = 60;

    // Marks of an encoding in the middle, where files were put together, what databases fill fields with, and what web pages hide in them.
    private static readonly char[] Invisible = ['\uFEFF', '\0', '\u200B', '\u2060'];

    /// <summary>Reads the text: UTF-8, or UTF-16 where it begins with its mark or has a zero in every other byte.</summary>
    public static async Task<string> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
        content.Position = 0;
        var encoding = EncodingOf(content.GetBuffer().AsSpan(0, (int)Math.Min(content.Length, 64)));
        using var reader = new StreamReader(content, encoding, detectEncodingFromByteOrderMarks: true);
        var text = await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);

        return text.AsSpan().ContainsAny(Invisible) ? string.Concat(text.Split(Invisible)) : text;
    }

    /// <summary>The studies of the list, in its order.</summary>
    /// <param name="text">The list.</param>
    /// <param name="source">Where it is from, for messages.</param>
    /// <exception cref="UsageException">Lines name no study; the message has the first of them.</exception>
    public static IReadOnlyList<string> Parse(string text, string source)
    {
        var studies = new List<string>();
        var bad = new List<(int Line, string Text)>();
        foreach (var (line, content, study) in StudiesIn(text))
        {
            if (study is not null && Uid().IsMatch(study))
            {
                studies.Add(study);
            }
            else if (content.Length > 0)
            {
                bad.Add((line, content));
            }
        }

        return bad.Count == 0 ? studies : throw new UsageException(Report(bad, source));
    }

    private static IEnumerable<(int Line, string Text, string? Study)> StudiesIn(string text)
    {
        var first = Lines(text).FirstOrDefault(static line => line.Text.Length > 0 && line.Text[0] != '#', (Number: 1, Start: text.Length, Text: ""));
        return StudyTable.FromHeader(first.Text) is { } table
            ? table.Rows(text[first.Start..]).Select(row => (row.Line + first.Number - 1, row.Text, row.Study))
            : Lines(text).Select(static line => StudyIn(line.Number, line.Text));
    }

    // One at a time: a list may have as many lines as a store has studies.
    private static IEnumerable<(int Number, int Start, string Text)> Lines(string text)
    {
        for (int number = 1, start = 0, end; start < text.Length; number++, start = end + 1)
        {
            end = text.IndexOf('\n', start) is var found and >= 0 ? found : text.Length;
            yield return (number, start, text.AsSpan(start, end - start).Trim().ToString());
        }
    }

    private static Encoding EncodingOf(ReadOnlySpan<byte> start)
    {
        var (even, odd) = (0, 0);
        for (var i = 0; i < start.Length; i++)
        {
            if (start[i] == 0)
            {
                _ = i % 2 == 0 ? even++ : odd++;
            }
        }

        // Letters and digits in UTF-16 have a zero beside each; padding has zeros on both sides.
        return even == 0 && odd > start.Length / 4 ? Encoding.Unicode : odd == 0 && even > start.Length / 4 ? Encoding.BigEndianUnicode : Encoding.UTF8;
    }

    private static (int Line, string Text, string? Study) StudyIn(int number, string line)
    {
        if (line.Length == 0 || line[0] == '#')
        {
            return (number, "", null);
        }

        if (line[0] == '{')
        {
            return (number, line, StudyJson.StudyIn(line));
        }

        var comment = line.IndexOf(" #", StringComparison.Ordinal);
        var word = (comment < 0 ? line : line[..comment]).TrimEnd(',', ';', ' ', '\t').Trim('"', '\'', ' ');
        return (number, line, StudyInUrl().Match(word) is { Success: true } url ? url.Groups["study"].Value : word);
    }

    private static string Report(List<(int Line, string Text)> bad, string source)
    {
        var shown = bad.Take(MaxBadLines).Select(line => $"{source}:{line.Line}: '{Cleaned(line.Text)}'");
        var others = bad.Count > MaxBadLines ? $", and {bad.Count - MaxBadLines} more" : "";
        return $"{Pluralizer.Of(bad.Count, "line")} {(bad.Count == 1 ? "names" : "name")} no study: {string.Join(", ", shown)}{others}. A list has a Study Instance UID in each line, a column StudyInstanceUID, or objects in JSON with it.";
    }

    private static string Cleaned(string text) => PrintableText.Of(text.Length <= MaxTextLength ? text : text[..MaxTextLength] + "…");

    // What a folder of a study may be called: also where a store has other identifiers than UIDs.
    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(?<!\.)$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Uid();

    [GeneratedRegex(@"^(gs|https|s3|file)://.*/studies/(?<study>[^/?#]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StudyInUrl();
}
