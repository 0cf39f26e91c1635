namespace CodRetrieve;

/// <summary>How one series of a job ended. Immutable.</summary>
public sealed class SeriesResult
{
    internal SeriesResult(SeriesInfo series) => (StudyInstanceUid, SeriesInstanceUid, TarUri) = (series.StudyInstanceUid, series.SeriesInstanceUid, series.TarUri);

    /// <summary>The study.</summary>
    public string StudyInstanceUid { get; }

    /// <summary>The series.</summary>
    public string SeriesInstanceUid { get; }

    /// <summary>The series' tar.</summary>
    public string TarUri { get; }

    /// <summary>How the series ended.</summary>
    public required SeriesOutcome Outcome { get; init; }

    /// <summary>Instances that this job saved.</summary>
    public required int InstancesSaved { get; init; }

    /// <summary>
    /// Those of <see cref="InstancesSaved"/> for which the index gives no CRC32C: their size was checked, and, where the store lists one, the CRC32C of
    /// the tar as a whole.
    /// </summary>
    public required int InstancesUnverified { get; init; }

    /// <summary>Instances that were there before.</summary>
    public required int InstancesSkipped { get; init; }

    /// <summary>Instances that are not saved.</summary>
    public required int InstancesFailed { get; init; }

    /// <summary>The bytes of <see cref="InstancesSaved"/>.</summary>
    public required long BytesSaved { get; init; }

    /// <summary>What failed: one for each instance, or one for the series as a whole.</summary>
    public required IReadOnlyList<RetrievalFailure> Failures { get; init; }

    /// <summary>What someone should know of the series though it was retrieved: a writer's lock or error log beside it.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
