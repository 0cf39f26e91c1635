namespace CodRetrieve.Verification;

/// <summary>What was found of one study.</summary>
internal sealed record StudyVerification(
    string StudyInstanceUid,
    IReadOnlyList<SeriesVerification> Series,
    IReadOnlyList<VerificationIssue> Issues,
    IReadOnlyList<RetrievalFailure> Failures,
    bool IsMissing);
