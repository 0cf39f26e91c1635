namespace CodRetrieve.Cli;

/// <summary>What verifying found, and what of it was repaired.</summary>
internal sealed class VerifyOutcome(VerifyResult result)
{
    private readonly HashSet<string> _saved = new(StringComparer.Ordinal);
    private JobResult? _repair;

    public VerifyResult Result => result;

    /// <summary>What could not be verified or repaired.</summary>
    public IEnumerable<RetrievalFailure> Failures =>
        result.Failures.Concat(_repair?.Failures.Where(IsOfStudy) ?? []).DistinctBy(failure => failure.ToString(), StringComparer.Ordinal);

    /// <summary>What is wrong still.</summary>
    public IEnumerable<VerifyFinding> Remaining => result.Findings.Where(finding => finding.Kind != VerifyFindingKind.Unverifiable && !IsRepaired(finding));

    public int InstancesUnverifiable => result.Findings.Count(finding => finding.Kind == VerifyFindingKind.Unverifiable);

    public bool WasRepaired => _repair is not null;

    public long BytesFetched => _repair?.BytesDownloaded ?? 0;

    public bool IsGood => result.MissingStudies.Count == 0 && !Failures.Any() && !Remaining.Any();

    public void Follow(Job repair)
    {
        repair.Saved += (_, args) => _saved.Add(Key(args.Instance.Series.StudyInstanceUid, args.Instance.Series.SeriesInstanceUid, args.Instance.SopInstanceUid));
        repair.Completed += (_, args) => _repair = args.Result;
    }

    /// <summary>Whether what was found is no longer so: an instance was fetched, or the zip of a study was written anew.</summary>
    public bool IsRepaired(VerifyFinding finding) => finding.IsRepairable && (finding.SopInstanceUid is { } sop
        ? _saved.Contains(Key(finding.StudyInstanceUid, finding.SeriesInstanceUid!, sop))
        : _repair is { Outcome: JobOutcome.Complete or JobOutcome.Incomplete } repair && !repair.Failures.Any(failure => failure.StudyInstanceUid == finding.StudyInstanceUid && IsOfStudy(failure)));

    /// <summary>Why an instance could not be repaired; <see langword="null"/> where nobody tried.</summary>
    public RetrievalFailure? FailureOf(VerifyFinding finding) => finding.SopInstanceUid is null ? null : _repair?.Failures.FirstOrDefault(failure =>
        failure.SopInstanceUid == finding.SopInstanceUid && failure.SeriesInstanceUid == finding.SeriesInstanceUid && failure.StudyInstanceUid == finding.StudyInstanceUid);

    private static bool IsOfStudy(RetrievalFailure failure) => failure.SopInstanceUid is null;

    private static string Key(string study, string series, string sop) => $"{study}/{series}/{sop}";
}
