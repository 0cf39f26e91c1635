using CodRetrieve.Storage;

namespace CodRetrieve;

/// <summary>One study that a store holds, as its listing shows it. Immutable.</summary>
public sealed record ListedStudy
{
    /// <summary>Gets the Study Instance UID (0020,000D), hashed where the store hashes UIDs. Always a valid folder name.</summary>
    public required string StudyInstanceUid { get; init; }

    /// <summary>Gets the series in the order of their UIDs: all, or those of which something is selected or that cannot be read.</summary>
    public required IReadOnlyList<ListedSeries> Series { get; init; }

    /// <summary>Gets the number of series of which nothing is selected.</summary>
    public int SeriesNotSelected { get; init; }

    /// <summary>
    /// Gets the number of instances that the indexes list and that are not selected. Those of series that are left out by their UIDs are not known, and not counted.
    /// </summary>
    public int InstancesNotSelected { get; init; }

    /// <summary>Gets the number of instances whose attributes do not tell whether they are selected; see <see cref="Selection.Unknown"/>.</summary>
    public int InstancesUndecided { get; init; }

    /// <summary>Gets series whose names cannot be those of folders, or why the study as a whole could not be listed. Empty by default.</summary>
    public IReadOnlyList<RetrievalFailure> Failures { get; init; } = [];

    /// <summary>Gets the bytes of all tars of <see cref="Series"/>.</summary>
    public long TarBytes => Series.Sum(static series => series.TarBytes ?? 0);

    /// <summary>Gets the bytes of the tars for each storage class, by Cloud Storage's name (<c>STANDARD</c>, <c>ARCHIVE</c>…). Empty where the store lists no classes.</summary>
    public IReadOnlyDictionary<string, long> TarBytesByStorageClass =>
        StorageClassName.Sum(Series.Select(static series => (series.TarStorageClass, series.TarBytes ?? 0)));

    /// <summary>Gets the number of series with a <see cref="ListedSeries.Problem"/>, such as one without a tar.</summary>
    public int SeriesWithProblems => Series.Count(static series => series.Problem != SeriesProblem.None);

    /// <summary>Gets when a tar or an index of the study was last written; <see langword="null"/> where the store does not say.</summary>
    public DateTimeOffset? UpdatedAt => Series.Max(static series => series.UpdatedAt);

    /// <summary>Gets the number of instances that are selected; <see langword="null"/> where no index was read.</summary>
    public int? InstanceCount => Series.Any(static series => series.InstanceCount is not null) ? Series.Sum(static series => series.InstanceCount ?? 0) : null;

    /// <summary>Gets the bytes of the instances of <see cref="InstanceCount"/>, as far as the indexes say; <see langword="null"/> where no index was read.</summary>
    public long? InstanceBytes => Series.Any(static series => series.InstanceBytes is not null) ? Series.Sum(static series => series.InstanceBytes ?? 0) : null;
}
