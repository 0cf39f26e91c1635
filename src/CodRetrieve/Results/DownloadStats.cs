namespace CodRetrieve;

/// <summary>What some studies hold, and how much of it is saved already. Immutable.</summary>
public sealed class DownloadStats
{
    internal DownloadStats(IReadOnlyList<SeriesStats> series, IReadOnlyList<string> missingStudies, IReadOnlyList<RetrievalFailure> studyFailures) =>
        (Series, MissingStudies, StudyFailures) = (series, missingStudies, studyFailures);

    /// <summary>One record for each series, by study in the order asked for.</summary>
    public IReadOnlyList<SeriesStats> Series { get; }

    /// <summary>Studies that do not exist in the store (or that the credential may not know of).</summary>
    public IReadOnlyList<string> MissingStudies { get; }

    /// <summary>Studies whose listing failed, and series whose name cannot be that of a folder.</summary>
    public IReadOnlyList<RetrievalFailure> StudyFailures { get; }

    /// <summary>The number of series.</summary>
    public int SeriesTotal => Series.Count;

    /// <summary>Series that the destination holds completely.</summary>
    public int SeriesSaved => Series.Count(series => series.IsSaved);

    /// <summary>The number of instances that the indexes list.</summary>
    public int InstancesTotal => Series.Sum(series => series.InstancesTotal);

    /// <summary>Instances that the destination holds.</summary>
    public int InstancesSaved => Series.Sum(series => series.InstancesSaved);

    /// <summary>The bytes of all listed instances.</summary>
    public long BytesTotal => Series.Sum(series => series.BytesTotal);

    /// <summary>The bytes of the instances that the destination holds.</summary>
    public long BytesSaved => Series.Sum(series => series.BytesSaved);

    /// <summary>The series of which something is still to fetch, and can be.</summary>
    public IEnumerable<SeriesStats> SeriesToFetch => Series.Where(series => series.InstancesWanted > 0 && series.Problem == SeriesProblem.None);

    /// <summary>The URIs of the instances still to fetch, made while they are enumerated.</summary>
    public IEnumerable<string> InstanceUrisToFetch => SeriesToFetch.SelectMany(series => series.Wanted).Select(instance => instance.Uri);

    /// <summary>The series that cannot be retrieved, or not further.</summary>
    public IEnumerable<SeriesStats> UnretrievableSeries => Series.Where(series => series.Problem != SeriesProblem.None);

    /// <summary>What someone should know of the series: writers' locks and error logs.</summary>
    public IEnumerable<string> Warnings => Series.SelectMany(series => series.Warnings);
}
