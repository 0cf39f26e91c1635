using System.Globalization;

namespace CodRetrieve.Cli.Output;

/// <summary>What a download did, as the last lines of its output.</summary>
internal static class DownloadSummary
{
    public static void Write(TextWriter output, JobResult result)
    {
        foreach (var series in result.Series.Where(series => series.Outcome is SeriesOutcome.Incomplete or SeriesOutcome.Failed))
        {
            var all = series.InstancesSaved + series.InstancesSkipped + series.InstancesFailed;
            output.WriteLine(
                $"{Json.NameOf(series.Outcome)} {series.StudyInstanceUid}/{series.SeriesInstanceUid}: {series.InstancesFailed} of {Count.Of(all, "instance")} failed");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Json.NameOf(result.Outcome)}: {Count.Of(result.InstancesSaved, "instance")} saved ({ByteSize.Text(result.BytesSaved)}), {result.InstancesSkipped} there before, {result.InstancesFailed} failed; {ByteSize.Text(result.BytesDownloaded)} fetched in {result.Elapsed.TotalSeconds:0.0} s ({ByteSize.Rate(result.BytesDownloaded, result.Elapsed)})"));
    }
}
