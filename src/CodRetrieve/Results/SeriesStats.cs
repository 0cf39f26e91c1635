namespace CodRetrieve;

/// <summary>One series of a <see cref="DownloadStats"/>. Immutable. Its <c>ToString()</c> says nothing of what it holds.</summary>
public sealed class SeriesStats
{
    internal SeriesStats(SeriesInfo series) => (StudyInstanceUid, SeriesInstanceUid, TarUri) = (series.StudyInstanceUid, series.SeriesInstanceUid, series.TarUri);

    /// <summary>Gets the Study Instance UID.</summary>
    public string StudyInstanceUid { get; }

    /// <summary>Gets the Series Instance UID.</summary>
    public string SeriesInstanceUid { get; }

    /// <summary>Gets the URI of the series' tar.</summary>
    public string TarUri { get; }

    /// <summary>
    /// Gets the Modality (0008,0060; DICOM PS3.3, C.7.3.1), such as <c>CT</c>, as the first instance of the index that has tags gives it; at most
    /// 16 characters. <see langword="null"/> where none gives it.
    /// </summary>
    public string? Modality { get; init; }

    /// <summary>
    /// Gets the Series Description (0008,103E; DICOM PS3.3, C.7.3.1), as the first instance of the index that has tags gives it; at most 64
    /// characters. <see langword="null"/> where none gives it.
    /// </summary>
    /// <remarks>
    /// People typed it: it may name a person, in a store with hashed UIDs too, and may hold control characters. The library writes it to
    /// no log, exception, event or telemetry; neither should you without thought.
    /// </remarks>
    public string? SeriesDescription { get; init; }

    /// <summary>Gets the bytes of the tar; <see langword="null"/> where there is none.</summary>
    public long? TarBytes { get; init; }

    /// <summary>
    /// Gets the storage class of the tar, such as <c>STANDARD</c> or <c>ARCHIVE</c> (<see cref="Storage.ObjectInfo.StorageClass"/>); <see langword="null"/> where there is no tar, or the
    /// store does not say.
    /// </summary>
    public string? TarStorageClass { get; init; }

    /// <summary>Gets the number of instances that the index lists and that are selected.</summary>
    public required int InstancesTotal { get; init; }

    /// <summary>Gets the number of those of <see cref="InstancesTotal"/> that the destination holds already.</summary>
    public required int InstancesSaved { get; init; }

    /// <summary>Gets the number of instances that the index lists and that are not selected.</summary>
    public int InstancesNotSelected { get; init; }

    /// <summary>Gets the number of instances whose attributes do not tell whether they are selected; see <see cref="Selection.Unknown"/>.</summary>
    public int InstancesUndecided { get; init; }

    /// <summary>Gets the bytes of <see cref="InstancesTotal"/>.</summary>
    public required long BytesTotal { get; init; }

    /// <summary>Gets the bytes of the instances that the destination holds already.</summary>
    public required long BytesSaved { get; init; }

    /// <summary>Gets a value indicating whether the destination holds every instance that the index lists and that is selected.</summary>
    public required bool IsSaved { get; init; }

    /// <summary>
    /// Gets why nothing (more) of the series can be retrieved; <see cref="SeriesProblem.None"/> where it can, or where nothing is missing.
    /// </summary>
    public SeriesProblem Problem { get; init; }

    /// <summary>Gets the cause of <see cref="Problem"/>.</summary>
    public CodRetrieveException? ProblemCause { get; init; }

    /// <summary>Gets the entries of the index that cannot be retrieved, and why: hostile names, entries of other series.</summary>
    public required IReadOnlyList<string> EntryProblems { get; init; }

    /// <summary>
    /// Gets the SOP Instance UIDs of instances that the destination holds in the series and that the index does not list: the store had them once, or
    /// somebody put them there.
    /// </summary>
    public IReadOnlyList<string> UnlistedInstances { get; init; } = [];

    /// <summary>Gets warnings about the series, such as a writer's lock or error log beside it.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    internal int InstancesWanted { get; init; }

    internal IReadOnlyList<InstanceInfo> Wanted { get; init; } = [];
}
