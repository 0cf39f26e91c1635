namespace CodRetrieve.Verification;

/// <summary>What verifying found. Immutable.</summary>
public sealed class VerificationResult
{
    internal VerificationResult()
    {
    }

    /// <summary>Gets every series that the store lists of the studies, in the order of the studies.</summary>
    public required IReadOnlyList<SeriesVerification> Series { get; init; }

    /// <summary>Gets what was found outside of the series: a zip that is damaged or unfinished, files of no series.</summary>
    public required IReadOnlyList<VerificationIssue> StudyIssues { get; init; }

    /// <summary>
    /// Gets the studies that were asked for and do not exist in the store (or that the credential may not know of). Their files were not looked at.
    /// </summary>
    public required IReadOnlyList<string> MissingStudies { get; init; }

    /// <summary>Gets the studies that could not be listed, with the cause.</summary>
    public required IReadOnlyList<RetrievalFailure> StudyFailures { get; init; }

    /// <summary>Gets the full path of the directory that was verified.</summary>
    public required string Directory { get; init; }

    /// <summary>Gets the form that was verified.</summary>
    public required OutputFormat Format { get; init; }

    /// <summary>Gets how long it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Gets everything that was found.</summary>
    public IEnumerable<VerificationIssue> Issues => StudyIssues.Concat(Series.SelectMany(series => series.Issues));

    /// <summary>Gets everything that could not be verified, because the store does not give what is needed for it.</summary>
    public IEnumerable<RetrievalFailure> Failures => StudyFailures.Concat(Series.SelectMany(series => series.Failures));

    /// <summary>Gets the number of instances that the indexes list.</summary>
    public int InstancesTotal => Series.Sum(series => series.InstancesTotal);

    /// <summary>Gets the number of those that have the size and the CRC32C of the index.</summary>
    public int InstancesVerified => Series.Sum(series => series.InstancesVerified);

    /// <summary>Gets the bytes of <see cref="InstancesVerified"/>.</summary>
    public long BytesVerified => Series.Sum(series => series.BytesVerified);

    /// <summary>Gets the bytes that were read back, those of corrupt instances included.</summary>
    public long BytesRead => Series.Sum(series => series.BytesRead);

    /// <summary>
    /// Gets a value indicating whether the directory holds what the store lists of the studies, whole, and nothing else. Instances for which the index gives no
    /// CRC32C (<see cref="VerificationIssueKind.Unverifiable"/>) do not count against it.
    /// </summary>
    public bool IsIntact => MissingStudies.Count == 0 && !Failures.Any() && Issues.All(issue => issue.Kind == VerificationIssueKind.Unverifiable);

    /// <summary>Gets a value indicating whether <see cref="CodDownload.Repair"/> has something to do.</summary>
    public bool IsRepairable => Issues.Any(issue => issue.IsRepairable);
}
