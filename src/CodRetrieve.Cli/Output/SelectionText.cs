namespace CodRetrieve.Cli.Output;

/// <summary>How much of the studies was selected, for people.</summary>
internal static class SelectionText
{
    /// <summary>Whether something was left out, and nothing selected.</summary>
    public static bool IsEmpty(JobResult result) => result.Series.Count + result.BusyStudies.Count == 0 && result.InstancesNotSelected + result.SeriesNotSelected > 0;

    /// <inheritdoc cref="IsEmpty(JobResult)"/>
    public static bool IsEmpty(DownloadStats stats) => stats.Series.Count == 0 && stats.InstancesNotSelected + stats.SeriesNotSelected > 0;

    /// <summary>A sentence; <see langword="null"/> where nothing was left out or undecided.</summary>
    public static string? Of(int selected, int notSelected, int seriesNotSelected, int undecided)
    {
        if (notSelected + seriesNotSelected + undecided == 0)
        {
            return null;
        }

        var series = seriesNotSelected == 0 ? "" : $"; {Pluralizer.Of(seriesNotSelected, "series")} left out";
        var unknown = undecided == 0 ? "" : $"; {undecided} undecided, for want of an attribute (--unknown)";
        return selected == 0
            ? $"nothing is selected of {Pluralizer.Of(notSelected, "instance")}{series}{unknown}"
            : $"{selected} of {Pluralizer.Of(selected + notSelected, "instance")} selected{series}{unknown}";
    }

    public static string? Of(JobResult result) =>
        Of(result.InstancesSaved + result.InstancesSkipped + result.InstancesFailed, result.InstancesNotSelected, result.SeriesNotSelected, result.InstancesUndecided);

    public static string? Of(DownloadStats stats) => Of(stats.InstancesTotal, stats.InstancesNotSelected, stats.SeriesNotSelected, stats.InstancesUndecided);
}
