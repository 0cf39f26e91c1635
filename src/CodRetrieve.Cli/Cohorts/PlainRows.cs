using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>Lines with a study each: a UID, the URL of a study, or an object in JSON. With or without quotes and comments.</summary>
internal static partial class PlainRows
{
    /// <summary>The rows from <paramref name="first"/> on, which was read already.</summary>
    public static async IAsyncEnumerable<CohortLine> ReadAsync(
        CohortText text, string first, CohortRowBuilder builder, IReadOnlyCollection<string> wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? line = first; line is not null; line = await text.ReadLineAsync(cancellationToken).ConfigureAwait(false))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            yield return line[0] == '{'
                ? JsonCells.Build(text.LinesRead, line.TrimEnd(','), builder, wanted)
                : builder.Build(text.LinesRead, StudyIn(line)).Showing(line);
        }
    }

    private static string StudyIn(string line)
    {
        var comment = line.IndexOf(" #", StringComparison.Ordinal);
        var word = (comment < 0 ? line : line[..comment]).TrimEnd(',', ';', ' ', '\t').Trim('"', '\'', ' ');
        return word.Contains("://", StringComparison.Ordinal) && StudyInUrl().Match(word) is { Success: true } url ? url.Groups["study"].Value : word;
    }

    [GeneratedRegex(@"^(gs|https|s3|file)://.*/studies/(?<study>[^/?#]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StudyInUrl();
}
