using CodRetrieve.Planning;

namespace CodRetrieve;

/// <summary>One series of a <see cref="DownloadStats"/>. Immutable. Its <c>ToString()</c> says nothing of what it holds.</summary>
public sealed class SeriesStats
{
    internal SeriesStats(SeriesDelta delta, bool keepsInstances)
    {
        var content = delta.Content;
        StudyInstanceUid = delta.Series.StudyInstanceUid;
        SeriesInstanceUid = delta.Series.SeriesInstanceUid;
        TarUri = delta.Series.TarUri;
        Modality = content.Index?.Attributes?.Modality;
        SeriesDescription = content.Index?.Attributes?.Description;
        TarBytes = content.Listing.Tar?.SizeBytes;
        InstancesTotal = delta.Series.Instances.Count;
        InstancesSaved = delta.InstancesSaved;
        BytesTotal = delta.BytesTotal;
        BytesSaved = delta.BytesSaved;
        InstancesWanted = delta.Wanted.Count;
        Wanted = keepsInstances ? delta.Wanted : [];
        IsSaved = delta.IsComplete;
        (Problem, ProblemCause) = delta switch
        {
            { DestinationError: { } error } => (SeriesProblem.UnreadableDestination, AsCause(delta, error)),
            { Failure: { } failure } => (content.Problem, failure),
            _ => (SeriesProblem.None, null),
        };
        EntryProblems = [.. (content.Index?.Problems ?? []).Select(problem => problem.Message)];
        Warnings = content.Listing.Warnings;
    }

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
    public string? Modality { get; }

    /// <summary>
    /// Gets the Series Description (0008,103E; DICOM PS3.3, C.7.3.1), as the first instance of the index that has tags gives it; at most 64
    /// characters. <see langword="null"/> where none gives it.
    /// </summary>
    /// <remarks>
    /// People typed it: it may name a person, in a store with hashed UIDs too, and may hold control characters. The library writes it to
    /// no log, exception, event or telemetry; neither should you without thought.
    /// </remarks>
    public string? SeriesDescription { get; }

    /// <summary>Gets the bytes of the tar; <see langword="null"/> where there is none.</summary>
    public long? TarBytes { get; }

    /// <summary>Gets the number of instances that the index lists.</summary>
    public int InstancesTotal { get; }

    /// <summary>Gets the number of instances that the destination holds already.</summary>
    public int InstancesSaved { get; }

    /// <summary>Gets the bytes of all listed instances.</summary>
    public long BytesTotal { get; }

    /// <summary>Gets the bytes of the instances that the destination holds already.</summary>
    public long BytesSaved { get; }

    /// <summary>Gets a value indicating whether the destination holds every instance that the index lists.</summary>
    public bool IsSaved { get; }

    /// <summary>
    /// Gets why nothing (more) of the series can be retrieved; <see cref="SeriesProblem.None"/> where it can, or where nothing is missing.
    /// </summary>
    public SeriesProblem Problem { get; }

    /// <summary>Gets the cause of <see cref="Problem"/>.</summary>
    public CodRetrieveException? ProblemCause { get; }

    /// <summary>Gets the entries of the index that cannot be retrieved, and why: hostile names, entries of other series.</summary>
    public IReadOnlyList<string> EntryProblems { get; }

    /// <summary>Gets warnings about the series, such as a writer's lock or error log beside it.</summary>
    public IReadOnlyList<string> Warnings { get; }

    internal int InstancesWanted { get; }

    internal IReadOnlyList<InstanceInfo> Wanted { get; }

    private static CodRetrieveException AsCause(SeriesDelta delta, Exception error) => error as CodRetrieveException
        ?? new CodRetrieveException($"{delta.Series.TarUri}: what is saved of the series cannot be read: {error.Message}", error);
}
