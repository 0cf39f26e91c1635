namespace CodRetrieve;

/// <summary>One series of a <see cref="ListedStudy"/>. Immutable.</summary>
public sealed record ListedSeries
{
    /// <summary>Gets the Series Instance UID (0020,000E), hashed where the store hashes UIDs. Always a valid folder name.</summary>
    public required string SeriesInstanceUid { get; init; }

    /// <summary>Gets the URI of the series' tar, whether there is one or not.</summary>
    public required string TarUri { get; init; }

    /// <summary>Gets the bytes of the tar; <see langword="null"/> where there is none.</summary>
    public long? TarBytes { get; init; }

    /// <summary>Gets the storage class of the tar, such as <c>STANDARD</c> or <c>ARCHIVE</c>; <see langword="null"/> where there is no tar, or the store does not say.</summary>
    public string? TarStorageClass { get; init; }

    /// <summary>Gets when tar or index was last written, whichever is later; <see langword="null"/> where the store does not say.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>
    /// Gets why nothing of the series can be fetched, as far as the listing shows, and its index where that was read. <see cref="SeriesProblem.None"/> by default.
    /// </summary>
    public SeriesProblem Problem { get; init; }

    /// <summary>Gets the cause of <see cref="Problem"/>.</summary>
    public CodRetrieveException? ProblemCause { get; init; }

    /// <summary>Gets the number of instances that the index lists and that are selected; <see langword="null"/> where the index was not read, or cannot be.</summary>
    public int? InstanceCount { get; init; }

    /// <summary>Gets the bytes of the instances of <see cref="InstanceCount"/>, as far as the index says; <see langword="null"/> where the index was not read, or cannot be.</summary>
    public long? InstanceBytes { get; init; }

    /// <summary>Gets the number of instances that the index lists and that are not selected.</summary>
    public int InstancesNotSelected { get; init; }

    /// <summary>Gets the number of instances whose attributes do not tell whether they are selected; see <see cref="Selection.Unknown"/>.</summary>
    public int InstancesUndecided { get; init; }

    /// <summary>Gets the selected instances, in the order of the index; empty without <see cref="StudyListOptions.IncludeInstances"/>.</summary>
    public IReadOnlyList<InstanceInfo> Instances { get; init; } = [];

    /// <summary>Gets the entries of the index that cannot be retrieved, and why. Empty where the index was not read.</summary>
    public IReadOnlyList<string> EntryProblems { get; init; } = [];

    /// <summary>Gets warnings about the series, such as a writer's lock or error log beside it.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
