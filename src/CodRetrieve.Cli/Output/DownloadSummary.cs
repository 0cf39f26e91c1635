using System.Globalization;

namespace CodRetrieve.Cli.Output;

/// <summary>What a download did, as the last lines of its output.</summary>
internal static class DownloadSummary
{
    private static readonly SummaryTable<SeriesResult> Table = new(
        [">SAVED", ">SKIPPED", ">FAILED", ">BYTES", "OUTCOME"],
        series =>
        [
            Number(series.Sum(one => one.InstancesSaved)),
            Number(series.Sum(one => one.InstancesSkipped)),
            Number(series.Sum(one => one.InstancesFailed)),
            ByteSize.Text(series.Sum(one => one.BytesSaved)),
            OutcomeOf(series),
        ],
        series => series.All(IsGood),
        one => (one.StudyInstanceUid, one.SeriesInstanceUid));

    /// <param name="output">Where to write.</param>
    /// <param name="result">What the download did.</param>
    /// <param name="framed">Whether someone is watching, who gets a table; else there is a line for each series that did not come whole.</param>
    /// <param name="isResumed">Whether another run goes on where this one ended.</param>
    public static void Write(TextWriter output, JobResult result, bool framed, bool isResumed)
    {
        if (framed)
        {
            Table.Write(output, result.Series);
        }
        else
        {
            WriteFailed(output, result);
        }

        if (SelectionText.Of(result) is { } selected)
        {
            output.WriteLine(selected);
        }

        var saved = result.InstancesUpdated == 0 ? "saved" : $"saved, {result.InstancesUpdated} of them updated";
        var skipped = result.InstancesAdopted == 0 ? "skipped" : $"skipped, {result.InstancesAdopted} of them adopted";
        var studies = result.Failures.Where(failure => failure.SeriesInstanceUid is null && failure.StudyInstanceUid is not null).Select(failure => failure.StudyInstanceUid).Distinct(StringComparer.Ordinal).Count();
        var failed = studies == 0 ? "failed" : $"failed, and {Pluralizer.Of(studies, "study")} as a whole";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Json.NameOf(result.Outcome)}: {Pluralizer.Of(result.InstancesSaved, "instance")} {saved} ({ByteSize.Text(result.BytesSaved)}), {result.InstancesSkipped} {skipped}, {result.InstancesFailed} {failed}; {ByteSize.Text(result.BytesDownloaded)} fetched in {result.Elapsed.TotalSeconds:0.0} s ({ByteSize.Rate(result.BytesDownloaded, result.Elapsed)})"));
        if (result.Outcome == JobOutcome.Incomplete && result.Failures.Count > 0)
        {
            output.WriteLine(isResumed
                ? "Run the same command again to try what failed once more; what is saved is not fetched again."
                : "Run the same command again to send all of it once more.");
        }
    }

    private static void WriteFailed(TextWriter output, JobResult result)
    {
        foreach (var series in result.Series.Where(series => series.Outcome is SeriesOutcome.Incomplete or SeriesOutcome.Failed))
        {
            var all = series.InstancesSaved + series.InstancesSkipped + series.InstancesFailed;
            output.WriteLine(
                $"{Json.NameOf(series.Outcome)} {series.StudyInstanceUid}/{series.SeriesInstanceUid}: {series.InstancesFailed} of {Pluralizer.Of(all, "instance")} failed");
        }
    }

    private static bool IsGood(SeriesResult series) => series.Outcome is SeriesOutcome.Saved or SeriesOutcome.AlreadySaved;

    // Of several series: what concerns one concerns all of them, but a failed one beside others leaves the study incomplete.
    private static string OutcomeOf(IReadOnlyList<SeriesResult> series) =>
        series.All(one => one.Outcome == SeriesOutcome.Failed) ? "failed"
        : series.Any(one => one.Outcome == SeriesOutcome.Interrupted) ? "interrupted"
        : !series.All(IsGood) ? "incomplete"
        : series.All(one => one.Outcome == SeriesOutcome.AlreadySaved) ? "skipped"
        : "saved";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
