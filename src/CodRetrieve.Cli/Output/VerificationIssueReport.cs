using CodRetrieve.Verification;

namespace CodRetrieve.Cli.Output;

/// <summary>One thing that verifying found, as JSON.</summary>
internal sealed record VerificationIssueReport
{
    /// <summary>The name of a <see cref="VerificationIssueKind"/>.</summary>
    public required string Kind { get; init; }

    public required string Study { get; init; }

    public string? Series { get; init; }

    public string? Instance { get; init; }

    public required string Location { get; init; }

    public long? ExpectedSizeBytes { get; init; }

    public long? ActualSizeBytes { get; init; }

    /// <summary>As Cloud Storage writes it: base64 of the four bytes, most significant first.</summary>
    public string? ExpectedCrc32c { get; init; }

    public string? ActualCrc32c { get; init; }

    public required bool Repaired { get; init; }

    /// <summary>Whether it was deleted, because the store no longer lists it.</summary>
    public required bool Pruned { get; init; }

    public required string Message { get; init; }

    public static string KindOf(VerificationIssueKind kind) => Json.NameOf(kind);

    public static VerificationIssueReport Of(VerificationIssue issue, VerifyOutcome outcome) => new()
    {
        Kind = KindOf(issue.Kind),
        Study = issue.StudyInstanceUid,
        Series = issue.SeriesInstanceUid,
        Instance = issue.SopInstanceUid,
        Location = issue.Location,
        ExpectedSizeBytes = issue.ExpectedSizeBytes,
        ActualSizeBytes = issue.ActualSizeBytes,
        ExpectedCrc32c = Crc32cText.Of(issue.ExpectedCrc32c),
        ActualCrc32c = Crc32cText.Of(issue.ActualCrc32c),
        Repaired = outcome.IsRepaired(issue),
        Pruned = outcome.IsPruned(issue),
        Message = issue.ToString(),
    };
}
