namespace CodRetrieve;

/// <summary>How one series of a job ended. Immutable.</summary>
public sealed class SeriesResult
{
    internal SeriesResult(SeriesInfo series) => (StudyInstanceUid, SeriesInstanceUid, TarUri) = (series.StudyInstanceUid, series.SeriesInstanceUid, series.TarUri);

    /// <summary>Gets the Study Instance UID.</summary>
    public string StudyInstanceUid { get; }

    /// <summary>Gets the Series Instance UID.</summary>
    public string SeriesInstanceUid { get; }

    /// <summary>Gets the URI of the series' tar.</summary>
    public string TarUri { get; }

    /// <summary>Gets how the series ended.</summary>
    public required SeriesOutcome Outcome { get; init; }

    /// <summary>Gets the number of instances that this job saved.</summary>
    public required int InstancesSaved { get; init; }

    /// <summary>Gets the number of those of <see cref="InstancesSaved"/> that replaced an instance with other bytes.</summary>
    public required int InstancesUpdated { get; init; }

    /// <summary>
    /// Gets the number of those of <see cref="InstancesSaved"/> for which the index gives no CRC32C: their size was checked, and, where the store lists one, the CRC32C of
    /// the tar as a whole.
    /// </summary>
    public required int InstancesUnverified { get; init; }

    /// <summary>Gets the number of instances that were saved before and skipped.</summary>
    public required int InstancesSkipped { get; init; }

    /// <summary>
    /// Gets the number of those of <see cref="InstancesSkipped"/> that were there without a record of their saving, and whose bytes were read and are what
    /// the index lists.
    /// </summary>
    public required int InstancesAdopted { get; init; }

    /// <summary>Gets the number of instances that are not saved.</summary>
    public required int InstancesFailed { get; init; }

    /// <summary>Gets the number of instances that the index lists and that are not selected.</summary>
    public int InstancesNotSelected { get; init; }

    /// <summary>Gets the number of instances whose attributes do not tell whether they are selected; see <see cref="Selection.Unknown"/>.</summary>
    public int InstancesUndecided { get; init; }

    /// <summary>Gets the bytes of <see cref="InstancesSaved"/>.</summary>
    public required long BytesSaved { get; init; }

    /// <summary>Gets what failed: one for each instance, or one for the series as a whole.</summary>
    public required IReadOnlyList<RetrievalFailure> Failures { get; init; }

    /// <summary>Gets warnings about a series that was retrieved, such as a writer's lock or error log beside it.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
