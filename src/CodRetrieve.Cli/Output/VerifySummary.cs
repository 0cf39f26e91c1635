using System.Globalization;
using CodRetrieve.Verification;

namespace CodRetrieve.Cli.Output;

/// <summary>What verifying found, as the last lines of its output.</summary>
internal static class VerifySummary
{
    private static readonly SummaryTable<SeriesVerification> Table = new(
        [">INSTANCES", ">VERIFIED", ">BYTES", "FOUND"],
        series =>
        [
            Number(series.Sum(one => one.InstancesTotal)),
            Number(series.Sum(one => one.InstancesVerified)),
            ByteSize.Text(series.Sum(one => one.BytesVerified)),
            Counts(series.SelectMany(one => one.Issues)),
        ],
        series => series.All(one => one.Issues.Count == 0 && one.Failures.Count == 0),
        one => (one.StudyInstanceUid, one.SeriesInstanceUid));

    /// <param name="output">Where to write.</param>
    /// <param name="outcome">What was found and repaired.</param>
    /// <param name="framed">Whether someone is watching, who gets a table.</param>
    public static void Write(TextWriter output, VerifyOutcome outcome, bool framed)
    {
        var result = outcome.Result;
        if (framed)
        {
            Table.Write(output, result.Series);
        }

        foreach (var issue in result.Issues.Where(outcome.IsRepaired))
        {
            output.WriteLine($"repaired {issue}");
        }

        foreach (var issue in outcome.Pruned)
        {
            output.WriteLine($"deleted {issue}");
        }

        var counts = Counts(result.Issues);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{VerifyReport.StateOf(outcome)}: {result.InstancesVerified} of {Pluralizer.Of(result.InstancesTotal, "instance")} verified, {(counts.Length == 0 ? "nothing found" : counts)}; {ByteSize.Text(result.BytesRead)} read in {result.Elapsed.TotalSeconds:0.0} s ({ByteSize.Rate(result.BytesRead, result.Elapsed)})"));
        if (outcome.WasPruned)
        {
            output.WriteLine($"{outcome.Pruned.Count} deleted");
        }
        else if (result.Issues.Any(issue => issue.Kind == VerificationIssueKind.Unlisted))
        {
            output.WriteLine("Run it again with --prune to delete what the store no longer lists.");
        }

        if (outcome.WasRepaired)
        {
            output.WriteLine($"{result.Issues.Count(outcome.IsRepaired)} repaired, {ByteSize.Text(outcome.BytesFetched)} fetched");
        }
        else if (result.IsRepairable)
        {
            output.WriteLine("Run it again with --repair to fetch what is missing or damaged, and nothing else.");
        }
    }

    private static string Counts(IEnumerable<VerificationIssue> issues) => string.Join(
        ", ", issues.GroupBy(issue => issue.Kind).OrderBy(kind => kind.Key).Select(kind => $"{kind.Count()} {VerificationIssueReport.KindOf(kind.Key)}"));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
