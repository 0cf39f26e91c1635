using System.Globalization;

namespace CodRetrieve.Cli.Output;

/// <summary>What a download did, as the last lines of its output.</summary>
internal static class DownloadSummary
{
    public static void Write(TextWriter output, Tally tally)
    {
        if (tally.Result is not { } result)
        {
            return;
        }

        foreach (var series in result.Series.Where(series => series.Outcome is SeriesOutcome.Incomplete or SeriesOutcome.Failed))
        {
            var all = series.InstancesSaved + series.InstancesSkipped + series.InstancesFailed;
            output.WriteLine(
                $"{Json.NameOf(series.Outcome)} {series.StudyInstanceUid}/{series.SeriesInstanceUid}: {series.InstancesFailed} of {Count.Of(all, "instance")} failed");
        }

        var failed = tally.Failures.Sum(failure => failure.InstanceCount);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Json.NameOf(result.Outcome)}: {Count.Of(tally.InstancesSaved, "instance")} saved ({ByteSize.Text(tally.BytesSaved)}), {result.InstancesSkipped} there before, {failed} failed; {ByteSize.Text(result.BytesDownloaded)} fetched in {result.Elapsed.TotalSeconds:0.0} s ({ByteSize.Rate(result.BytesDownloaded, result.Elapsed)})"));
    }
}
