namespace CodRetrieve.Verifying;

/// <summary>What was found of one study.</summary>
internal sealed record StudyVerification(
    IReadOnlyList<SeriesVerification> Series, IReadOnlyList<VerifyFinding> Findings, IReadOnlyList<RetrievalFailure> Failures, bool IsMissing);
