namespace CodRetrieve.Cli.Output;

/// <summary>What studies hold, as JSON.</summary>
internal sealed record StatsReport
{
    /// <summary><see langword="true"/> for a download that fetched nothing because it was asked to.</summary>
    public bool? DryRun { get; init; }

    public required int SeriesTotal { get; init; }

    public required int SeriesSaved { get; init; }

    public required int InstancesTotal { get; init; }

    public required int InstancesSaved { get; init; }

    /// <summary>Instances that the indexes list and that are not selected.</summary>
    public required int InstancesNotSelected { get; init; }

    /// <summary>Instances whose attributes do not tell whether they are selected.</summary>
    public required int InstancesUndecided { get; init; }

    /// <summary>Series of which nothing is selected.</summary>
    public required int SeriesNotSelected { get; init; }

    public required long BytesTotal { get; init; }

    public required long BytesSaved { get; init; }

    public required int SeriesToFetch { get; init; }

    public required int InstancesToFetch { get; init; }

    public required long BytesToFetch { get; init; }

    /// <summary>The bytes to fetch for each storage class of the tars; empty where the store lists none.</summary>
    public required IReadOnlyDictionary<string, long> BytesToFetchByStorageClass { get; init; }

    public required double ElapsedSeconds { get; init; }

    public required IReadOnlyList<string> MissingStudies { get; init; }

    public required IReadOnlyList<SeriesStatsReport> Series { get; init; }

    /// <summary>What failed outside of the series that are listed.</summary>
    public required IReadOnlyList<ErrorReport> Errors { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What ended the command before its time.</summary>
    public string? Error { get; init; }

    public static StatsReport Of(DownloadStats? stats, bool dryRun, TimeSpan elapsed, Exception? cause) => new()
    {
        DryRun = dryRun ? true : null,
        SeriesTotal = stats?.SeriesTotal ?? 0,
        SeriesSaved = stats?.SeriesSaved ?? 0,
        InstancesTotal = stats?.InstancesTotal ?? 0,
        InstancesSaved = stats?.InstancesSaved ?? 0,
        InstancesNotSelected = stats?.InstancesNotSelected ?? 0,
        InstancesUndecided = stats?.InstancesUndecided ?? 0,
        SeriesNotSelected = stats?.SeriesNotSelected ?? 0,
        BytesTotal = stats?.BytesTotal ?? 0,
        BytesSaved = stats?.BytesSaved ?? 0,
        SeriesToFetch = stats?.SeriesToFetch.Count() ?? 0,
        InstancesToFetch = stats?.SeriesToFetch.Sum(series => series.InstancesTotal - series.InstancesSaved) ?? 0,
        BytesToFetch = stats?.SeriesToFetch.Sum(series => series.BytesTotal - series.BytesSaved) ?? 0,
        BytesToFetchByStorageClass = stats?.BytesToFetchByStorageClass ?? new Dictionary<string, long>(StringComparer.Ordinal),
        ElapsedSeconds = Math.Round(elapsed.TotalSeconds, 3),
        MissingStudies = stats?.MissingStudies ?? [],
        Series = [.. (stats?.Series ?? []).Select(SeriesStatsReport.Of)],
        Errors = [.. (stats?.StudyFailures ?? []).Select(ErrorReport.Of)],
        Warnings = [.. stats?.Warnings ?? []],
        Error = cause is null ? null : ErrorText.Text(cause),
    };
}
