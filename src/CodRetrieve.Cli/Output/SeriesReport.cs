namespace CodRetrieve.Cli.Output;

/// <summary>How one series of a download ended, as JSON.</summary>
internal sealed record SeriesReport
{
    public required string Study { get; init; }

    public required string Series { get; init; }

    public required string Outcome { get; init; }

    public required int InstancesSaved { get; init; }

    public required int InstancesUpdated { get; init; }

    public required int InstancesSkipped { get; init; }

    public required int InstancesAdopted { get; init; }

    public required int InstancesFailed { get; init; }

    public required long BytesSaved { get; init; }

    public required IReadOnlyList<ErrorReport> Errors { get; init; }

    public static SeriesReport Of(SeriesResult series) => new()
    {
        Study = series.StudyInstanceUid,
        Series = series.SeriesInstanceUid,
        Outcome = Json.NameOf(series.Outcome),
        InstancesSaved = series.InstancesSaved,
        InstancesUpdated = series.InstancesUpdated,
        InstancesSkipped = series.InstancesSkipped,
        InstancesAdopted = series.InstancesAdopted,
        InstancesFailed = series.InstancesFailed,
        BytesSaved = series.BytesSaved,
        Errors = [.. series.Failures.Select(ErrorReport.Of)],
    };
}
