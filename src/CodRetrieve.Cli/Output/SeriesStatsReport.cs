namespace CodRetrieve.Cli.Output;

/// <summary>What one series holds, as JSON.</summary>
internal sealed class SeriesStatsReport
{
    public required string Study { get; init; }

    public required string Series { get; init; }

    /// <summary>See <see cref="SeriesState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The DICOM attribute; absent where no instance gives it.</summary>
    public string? Modality { get; init; }

    /// <summary>The DICOM attribute; absent where no instance gives it. As the store has it: it may name a person.</summary>
    public string? Description { get; init; }

    public required int InstancesTotal { get; init; }

    public required int InstancesSaved { get; init; }

    public required long BytesTotal { get; init; }

    public required long BytesSaved { get; init; }

    public long? TarBytes { get; init; }

    /// <summary>By Cloud Storage's name; absent where the store lists none.</summary>
    public string? TarStorageClass { get; init; }

    /// <summary>Instances that are saved and that the index does not list.</summary>
    public required IReadOnlyList<string> UnlistedInstances { get; init; }

    public required IReadOnlyList<string> Errors { get; init; }

    public static SeriesStatsReport Of(SeriesStats series) => new()
    {
        Study = series.StudyInstanceUid,
        Series = series.SeriesInstanceUid,
        State = SeriesState.Of(series),
        Modality = series.Modality,
        Description = series.SeriesDescription,
        InstancesTotal = series.InstancesTotal,
        InstancesSaved = series.InstancesSaved,
        BytesTotal = series.BytesTotal,
        BytesSaved = series.BytesSaved,
        TarBytes = series.TarBytes,
        TarStorageClass = series.TarStorageClass,
        UnlistedInstances = series.UnlistedInstances,
        Errors = [.. SeriesState.ErrorsOf(series)],
    };
}
