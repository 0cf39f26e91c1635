using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace CodRetrieve.Cli.Cohorts;

/// <summary>
/// Manifests of other tools: that of the NBIA Data Retriever (<c>.tcia</c>), settings with series below them; and that of the Imaging Data Commons for
/// s5cmd, which names objects and no series.
/// </summary>
internal static partial class ManifestRows
{
    private const string Heading = "ListOfSeriesToDownload=";

    /// <summary>Whether a file that begins so is a manifest with series.</summary>
    public static bool IsSeriesManifest(string line) => Setting().IsMatch(line);

    /// <summary>Whether a line is one of a manifest for s5cmd.</summary>
    public static bool IsObjectManifest(string line) => ObjectCommand().IsMatch(line);

    public static UsageException ObjectManifest(string source) => new(
        $"'{source}' is a manifest for s5cmd, as the Imaging Data Commons gives it: it names the folders of series by UUIDs of that archive, and no DICOM UIDs. "
        + "Take a list with SeriesInstanceUID instead: export the cohort as CSV, or look the UUIDs up (column crdc_series_uuid) in the index of idc-index or in BigQuery.");

    /// <summary>The rows from <paramref name="first"/> on, which was read already.</summary>
    public static async IAsyncEnumerable<CohortLine> ReadAsync(
        CohortText text, string first, CohortRowBuilder builder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isInList = false;
        for (string? line = first; line is not null; line = await text.ReadLineAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!isInList && line.StartsWith(Heading, StringComparison.OrdinalIgnoreCase))
            {
                isInList = true;
                line = line[Heading.Length..].Trim();
                if (builder.Scope == CohortScope.Studies)
                {
                    throw new CohortFormatException(text.LinesRead, "a manifest with series, and no studies; give it by --from");
                }
            }

            if (line.Length == 0 || line[0] == '#' || (!isInList && IsSeriesManifest(line)))
            {
                continue;
            }

            yield return isInList ? builder.Build(text.LinesRead, null, series: line.TrimEnd(',')) : CohortLine.WithoutUid(text.LinesRead, ShownText.OfLine(line) ?? "no setting of a manifest");
        }

        if (!isInList)
        {
            throw new CohortFormatException(text.LinesRead, $"a manifest that ends without '{Heading}'");
        }
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_.]{0,63}=", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Setting();

    [GeneratedRegex(@"^(s5cmd\s+.*)?(cp|sync)\s.*(s3|gs)://", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ObjectCommand();
}
