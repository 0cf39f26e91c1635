using CodRetrieve.Verification;

namespace CodRetrieve.Cli;

/// <summary>What verifying found, and what of it was repaired.</summary>
internal sealed class VerifyOutcome(VerificationResult result)
{
    private readonly HashSet<string> _saved = new(StringComparer.Ordinal);
    private JobResult? _repair;
    private PruneResult? _pruned;

    public VerificationResult Result => result;

    /// <summary>What could not be verified or repaired.</summary>
    public IEnumerable<RetrievalFailure> Failures =>
        result.Failures.Concat(_repair?.Failures.Where(IsOfStudy) ?? []).Concat(_pruned?.Failures ?? []).DistinctBy(failure => failure.ToString(), StringComparer.Ordinal);

    /// <summary>What is wrong still.</summary>
    public IEnumerable<VerificationIssue> Remaining => result.Issues.Where(issue => issue.Kind != VerificationIssueKind.Unverifiable && !IsRepaired(issue) && !IsPruned(issue));

    public int InstancesUnverifiable => result.Issues.Count(issue => issue.Kind == VerificationIssueKind.Unverifiable);

    /// <summary>What was deleted, because the store no longer lists it.</summary>
    public IReadOnlyList<VerificationIssue> Pruned => _pruned?.Deleted ?? [];

    public bool WasPruned => _pruned is not null;

    public bool WasRepaired => _repair is not null;

    public long BytesFetched => _repair?.BytesDownloaded ?? 0;

    public bool IsGood => result.MissingStudies.Count == 0 && !Failures.Any() && !Remaining.Any();

    public void Follow(Job repair)
    {
        repair.Saved += (_, args) => _saved.Add(Key(args.Result.Instance.Series.StudyInstanceUid, args.Result.Instance.Series.SeriesInstanceUid, args.Result.Instance.SopInstanceUid));
        repair.Completed += (_, args) => _repair = args.Result;
    }

    public void Add(PruneResult pruned) => _pruned = pruned;

    public bool IsPruned(VerificationIssue issue) => Pruned.Contains(issue);

    /// <summary>Whether what was found is repaired: an instance was fetched, or the zip of a study was written again.</summary>
    public bool IsRepaired(VerificationIssue issue) => issue.IsRepairable && (issue.SopInstanceUid is { } sop
        ? _saved.Contains(Key(issue.StudyInstanceUid, issue.SeriesInstanceUid!, sop))
        : _repair is { Outcome: JobOutcome.Complete or JobOutcome.Incomplete } repair && !repair.Failures.Any(failure => failure.StudyInstanceUid == issue.StudyInstanceUid && IsOfStudy(failure)));

    /// <summary>Why an instance could not be repaired; <see langword="null"/> where nobody tried.</summary>
    public RetrievalFailure? FailureOf(VerificationIssue issue) => issue.SopInstanceUid is null ? null : _repair?.Failures.FirstOrDefault(failure =>
        failure.SopInstanceUid == issue.SopInstanceUid && failure.SeriesInstanceUid == issue.SeriesInstanceUid && failure.StudyInstanceUid == issue.StudyInstanceUid);

    private static bool IsOfStudy(RetrievalFailure failure) => failure.SopInstanceUid is null;

    private static string Key(string study, string series, string sop) => $"{study}/{series}/{sop}";
}
