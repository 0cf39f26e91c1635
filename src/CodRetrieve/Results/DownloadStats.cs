using CodRetrieve.Storage;

namespace CodRetrieve;

/// <summary>What some studies hold, and how much of it is saved already. Immutable.</summary>
public sealed class DownloadStats
{
    internal DownloadStats(IReadOnlyList<SeriesStats> series, IReadOnlyList<string> missingStudies, IReadOnlyList<RetrievalFailure> studyFailures) =>
        (Series, MissingStudies, StudyFailures) = (series, missingStudies, studyFailures);

    /// <summary>Gets one record for each series of which something is selected, by study in the order asked for.</summary>
    public IReadOnlyList<SeriesStats> Series { get; }

    /// <summary>Gets the studies that do not exist in the store (or that the credential may not know of).</summary>
    public IReadOnlyList<string> MissingStudies { get; }

    /// <summary>Gets the studies whose listing failed, and series whose name cannot be that of a folder.</summary>
    public IReadOnlyList<RetrievalFailure> StudyFailures { get; }

    /// <summary>Gets the number of series.</summary>
    public int SeriesTotal => Series.Count;

    /// <summary>Gets the number of series that the destination holds completely.</summary>
    public int SeriesSaved => Series.Count(series => series.IsSaved);

    /// <summary>Gets the number of instances that the indexes list and that are selected.</summary>
    public int InstancesTotal => Series.Sum(series => series.InstancesTotal);

    /// <summary>Gets the number of series of which nothing is selected.</summary>
    public int SeriesNotSelected => LeftOut.Series;

    /// <summary>
    /// Gets the number of instances that the indexes list and that are not selected. Those of series that are left out by their UIDs are not known, and not counted.
    /// </summary>
    public int InstancesNotSelected => LeftOut.Instances + Series.Sum(static series => series.InstancesNotSelected);

    /// <summary>Gets the number of instances whose attributes do not tell whether they are selected; see <see cref="Selection.Unknown"/>.</summary>
    public int InstancesUndecided => LeftOut.Undecided + Series.Sum(static series => series.InstancesUndecided);

    internal LeftOutCount LeftOut { get; init; }

    /// <summary>Gets the number of instances that the destination holds.</summary>
    public int InstancesSaved => Series.Sum(series => series.InstancesSaved);

    /// <summary>Gets the bytes of <see cref="InstancesTotal"/>.</summary>
    public long BytesTotal => Series.Sum(series => series.BytesTotal);

    /// <summary>Gets the bytes of the instances that the destination holds.</summary>
    public long BytesSaved => Series.Sum(series => series.BytesSaved);

    /// <summary>Gets the series of which something is still to fetch, and can be.</summary>
    public IEnumerable<SeriesStats> SeriesToFetch => Series.Where(series => series.InstancesWanted > 0 && series.Problem == SeriesProblem.None);

    /// <summary>
    /// Gets the bytes of the instances still to fetch for each storage class of their tars, by Cloud Storage's name (<c>STANDARD</c>, <c>ARCHIVE</c>…). Empty where the store lists no
    /// classes. Series that <see cref="CodDownloadOptions.MaxStorageClass"/> excludes are not counted.
    /// </summary>
    public IReadOnlyDictionary<string, long> BytesToFetchByStorageClass =>
        StorageClassName.Sum(SeriesToFetch.Select(static series => (series.TarStorageClass, series.BytesTotal - series.BytesSaved)));

    /// <summary>Gets the URIs of the instances still to fetch, made while they are enumerated.</summary>
    public IEnumerable<string> InstanceUrisToFetch => SeriesToFetch.SelectMany(series => series.Wanted).Select(instance => instance.Uri);

    /// <summary>Gets the series that cannot be retrieved, or not further.</summary>
    public IEnumerable<SeriesStats> UnretrievableSeries => Series.Where(series => series.Problem != SeriesProblem.None);

    /// <summary>Gets warnings about the series, such as writers' locks and error logs.</summary>
    public IEnumerable<string> Warnings => Series.SelectMany(series => series.Warnings);
}
