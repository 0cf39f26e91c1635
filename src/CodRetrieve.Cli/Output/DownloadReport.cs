namespace CodRetrieve.Cli.Output;

/// <summary>What a download did, as JSON.</summary>
internal sealed record DownloadReport
{
    public required string Outcome { get; init; }

    public required int InstancesSaved { get; init; }

    /// <summary>Those of the saved ones that replaced other bytes.</summary>
    public required int InstancesUpdated { get; init; }

    public required int InstancesSkipped { get; init; }

    /// <summary>Those of the skipped ones that were there without a record of their saving, and were read and compared.</summary>
    public required int InstancesAdopted { get; init; }

    public required int InstancesFailed { get; init; }

    public required int InstancesUnverified { get; init; }

    /// <summary>Instances that the indexes list and that are not selected.</summary>
    public required int InstancesNotSelected { get; init; }

    /// <summary>Instances whose attributes do not tell whether they are selected.</summary>
    public required int InstancesUndecided { get; init; }

    /// <summary>Series of which nothing is selected.</summary>
    public required int SeriesNotSelected { get; init; }

    public required long BytesSaved { get; init; }

    /// <summary>The bytes of tars that came over the wire.</summary>
    public required long BytesDownloaded { get; init; }

    public required double ElapsedSeconds { get; init; }

    public required IReadOnlyList<string> MissingStudies { get; init; }

    /// <summary>Studies that another process was saving all the time.</summary>
    public required IReadOnlyList<string> BusyStudies { get; init; }

    public required IReadOnlyList<SeriesReport> Series { get; init; }

    /// <summary>What failed outside of the series that are listed.</summary>
    public required IReadOnlyList<ErrorReport> Errors { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What became of the instances that were sent; <see langword="null"/> for none, as with what is saved in files.</summary>
    public DeliveryReport? Delivery { get; init; }

    /// <summary>What ended the download before its time.</summary>
    public string? Error { get; init; }

    public static DownloadReport Of(JobResult? result, TimeSpan elapsed, Exception? cause, DeliveryReport? delivery)
    {
        var series = result?.Series ?? [];
        var listed = series.SelectMany(one => one.Failures).ToHashSet();
        return new DownloadReport
        {
            Outcome = Json.NameOf(OutcomeOf(result, cause)),
            InstancesSaved = result?.InstancesSaved ?? 0,
            InstancesUpdated = result?.InstancesUpdated ?? 0,
            InstancesSkipped = result?.InstancesSkipped ?? 0,
            InstancesAdopted = result?.InstancesAdopted ?? 0,
            InstancesFailed = result?.InstancesFailed ?? 0,
            InstancesUnverified = result?.InstancesUnverified ?? 0,
            InstancesNotSelected = result?.InstancesNotSelected ?? 0,
            InstancesUndecided = result?.InstancesUndecided ?? 0,
            SeriesNotSelected = result?.SeriesNotSelected ?? 0,
            BytesSaved = result?.BytesSaved ?? 0,
            BytesDownloaded = result?.BytesDownloaded ?? 0,
            ElapsedSeconds = Math.Round((result?.Elapsed ?? elapsed).TotalSeconds, 3),
            MissingStudies = result?.MissingStudies ?? [],
            BusyStudies = result?.BusyStudies ?? [],
            Series = [.. series.Select(SeriesReport.Of)],
            Errors = [.. (result?.Failures ?? []).Where(failure => !listed.Contains(failure)).Select(ErrorReport.Of)],
            Warnings = [.. series.SelectMany(one => one.Warnings)],
            Delivery = delivery,
            Error = cause is null ? null : ErrorText.Text(cause),
        };
    }

    public static JobOutcome OutcomeOf(JobResult? result, Exception? cause) =>
        result?.Outcome ?? (cause is OperationCanceledException ? JobOutcome.Cancelled : JobOutcome.Failed);
}
