using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>Lines with a study each: a UID, the URL of a study, or an object in JSON. With or without quotes and comments.</summary>
internal static partial class PlainRows
{
    /// <summary>The rows of the lines that were read already, and of those behind them.</summary>
    public static async IAsyncEnumerable<CohortLine> ReadAsync(
        CohortText text, IReadOnlyList<string> begun, CohortRowBuilder builder, IReadOnlyCollection<string> wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = text.LinesRead - begun.Count;
        foreach (var line in begun)
        {
            if (RowOf(++number, line, builder, wanted) is { } row)
            {
                yield return row;
            }
        }

        while (await text.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (RowOf(text.LinesRead, line, builder, wanted) is { } row)
            {
                yield return row;
            }
        }
    }

    private static CohortLine? RowOf(long number, string line, CohortRowBuilder builder, IReadOnlyCollection<string> wanted) =>
        line.Length == 0 || line[0] == '#' ? null
        : line[0] == '{' ? JsonCells.Build(number, 1, line.TrimEnd(','), builder, wanted)
        : builder.Build(number, StudyIn(line));

    private static string StudyIn(string line)
    {
        var comment = line.IndexOf(" #", StringComparison.Ordinal);
        var word = (comment < 0 ? line : line[..comment]).TrimEnd(',', ';', ' ', '\t').Trim('"', '\'', ' ');
        return word.Contains("://", StringComparison.Ordinal) && StudyInUrl().Match(word) is { Success: true } url ? url.Groups["study"].Value : word;
    }

    [GeneratedRegex(@"^(gs|https|s3|file)://.*/studies/(?<study>[^/?#]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StudyInUrl();
}
