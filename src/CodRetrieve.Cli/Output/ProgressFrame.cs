using System.Globalization;

namespace CodRetrieve.Cli.Output;

/// <summary>What a progress display shows at one moment: a bar for the whole job, and a line for each running series.</summary>
internal static class ProgressFrame
{
    // All stays on one line of 80 characters.
    private const int MaxSeries = 8;
    private const int BarWidth = 24;

    // What lasts no longer is nothing that anybody need know of.
    private static readonly TimeSpan NotableOutage = TimeSpan.FromSeconds(5);

    /// <param name="job">The job as a whole; <see langword="null"/> before anything is known.</param>
    /// <param name="running">The last news of each series that is being fetched.</param>
    public static IEnumerable<string> Lines(JobProgress? job, IReadOnlyList<SeriesProgressEventArgs> running)
    {
        yield return job is null ? "starting" : Whole(job);
        if (job is not null && OutageOf(job) is { } outage)
        {
            yield return outage;
        }

        foreach (var one in running.Take(MaxSeries))
        {
            yield return $"  {UidFormatter.Of(one.Series.SeriesInstanceUid),-UidFormatter.Length}  {Bar(one.BytesReceived, one.BytesTotal)}  {ByteSize.Text(one.BytesReceived)} of {ByteSize.Text(one.BytesTotal)}";
        }

        if (running.Count > MaxSeries)
        {
            yield return $"  and {running.Count - MaxSeries} more series";
        }
    }

    /// <summary>The job as a whole on one line without a bar.</summary>
    public static string Line(JobProgress job) =>
        $"{Percent(job.BytesReceived, job.BytesWanted)}  {Amounts(job)}  {job.InstancesSaved} of {job.InstancesWanted} instances saved"
        + (SelectionText.Of(job.InstancesSelected, job.InstancesNotSelected, 0, 0) is { } selected ? "; " + selected : "") + (OutageOf(job) is { } outage ? "; " + outage : "");

    private static string Whole(JobProgress job) => $"{Bar(job.BytesReceived, job.BytesWanted)}  {Amounts(job)}";

    private static string Amounts(JobProgress job)
    {
        // Until all indexes are read the total grows.
        var total = ByteSize.Text(job.BytesWanted) + (job.IsPlanningComplete ? "" : "+");
        var left = job.EstimatedTimeRemaining is { } time ? $"  {Clock(time)} left" : "";
        return $"{ByteSize.Text(job.BytesReceived)} of {total}  {ByteSize.Text((long)job.BytesPerSecond)}/s{left}";
    }

    private static string? OutageOf(JobProgress job) =>
        job.OutageDuration < NotableOutage ? null : $"waiting: no response of the store for {Clock(job.OutageDuration)}, trying again";

    private static string Bar(long received, long wanted)
    {
        var full = (int)(Share(received, wanted) * BarWidth);
        return $"{new string('█', full)}{new string('░', BarWidth - full)} {Percent(received, wanted)}";
    }

    private static string Percent(long received, long wanted) => string.Create(CultureInfo.InvariantCulture, $"{(int)(Share(received, wanted) * 100),3}%");

    private static double Share(long received, long wanted) => wanted <= 0 ? 0 : Math.Clamp((double)received / wanted, 0, 1);

    private static string Clock(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
}
