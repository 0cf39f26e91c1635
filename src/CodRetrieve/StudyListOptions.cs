namespace CodRetrieve;

/// <summary>What <see cref="CodDownload.ListStudiesAsync"/> gives. Immutable and safe for use by several threads, if its selection and its callback are.</summary>
public sealed class StudyListOptions
{
    /// <summary>
    /// Gets the Study Instance UID behind which the listing begins, such as the last one that an earlier listing gave; the study need not exist. Default <see langword="null"/>: at the first.
    /// </summary>
    public string? After { get; init; }

    /// <summary>
    /// Gets which instances to look for. With a selection the indexes of the listed series are read, instances are counted, and studies and series of which nothing is selected are left
    /// out; an empty one selects and counts all. Default <see langword="null"/>: no index is read.
    /// </summary>
    public Selection? Selection { get; init; }

    /// <summary>Gets a value indicating whether the selected instances themselves are in <see cref="ListedSeries.Instances"/>. Default <see langword="false"/>. Reads the indexes, also without a <see cref="Selection"/>.</summary>
    public bool IncludeInstances { get; init; }

    /// <summary>
    /// Gets what is called for each folder whose name cannot be that of a study, before the study behind it is given: it is left out. Called while the listing is enumerated, one call at a time; what
    /// it throws ends the listing. Default <see langword="null"/>: they are only logged.
    /// </summary>
    public Action<RetrievalFailure>? Rejected { get; init; }
}
