using CodRetrieve.Verification;

namespace CodRetrieve.Cli.Output;

/// <summary>What verifying found, as JSON.</summary>
internal sealed record VerifyReport
{
    /// <summary><c>intact</c>, <c>repaired</c> (also: what was unlisted is deleted), <c>damaged</c>; <c>stopped</c> or <c>cancelled</c> where it did not come to its end.</summary>
    public required string Outcome { get; init; }

    public required int InstancesTotal { get; init; }

    public required int InstancesVerified { get; init; }

    public required int InstancesUnverifiable { get; init; }

    public required int Missing { get; init; }

    public required int WrongSize { get; init; }

    public required int Corrupt { get; init; }

    public required int Unreadable { get; init; }

    public required int Unfinished { get; init; }

    public required int Unknown { get; init; }

    public required int Unlisted { get; init; }

    public required int Outdated { get; init; }

    public required int Repaired { get; init; }

    /// <summary>What was deleted, because the store no longer lists it.</summary>
    public required int Pruned { get; init; }

    /// <summary>What is wrong still, after repair and deleting where there were any.</summary>
    public required int Remaining { get; init; }

    public required long BytesVerified { get; init; }

    /// <summary>The bytes that were read back from the disk.</summary>
    public required long BytesRead { get; init; }

    /// <summary>The bytes of tars that came over the wire, for the repair.</summary>
    public required long BytesDownloaded { get; init; }

    public required double ElapsedSeconds { get; init; }

    public required IReadOnlyList<string> MissingStudies { get; init; }

    public required IReadOnlyList<SeriesVerifyReport> Series { get; init; }

    public required IReadOnlyList<VerificationIssueReport> Issues { get; init; }

    /// <summary>What could not be verified or repaired.</summary>
    public required IReadOnlyList<ErrorReport> Errors { get; init; }

    /// <summary>What ended the command before its time.</summary>
    public string? Error { get; init; }

    public static string StateOf(VerifyOutcome outcome) => !outcome.IsGood ? "damaged" : outcome.WasRepaired || outcome.Pruned.Count > 0 ? "repaired" : "intact";

    public static VerifyReport Of(VerifyOutcome? outcome, TimeSpan elapsed, Exception? cause)
    {
        var result = outcome?.Result;
        var issues = result?.Issues.ToList() ?? [];
        return new VerifyReport
        {
            Outcome = cause is OperationCanceledException ? "cancelled" : cause is not null || outcome is null ? "stopped" : StateOf(outcome),
            InstancesTotal = result?.InstancesTotal ?? 0,
            InstancesVerified = result?.InstancesVerified ?? 0,
            InstancesUnverifiable = outcome?.InstancesUnverifiable ?? 0,
            Missing = NumberOf(VerificationIssueKind.Missing),
            WrongSize = NumberOf(VerificationIssueKind.WrongSize),
            Corrupt = NumberOf(VerificationIssueKind.Corrupt),
            Unreadable = NumberOf(VerificationIssueKind.Unreadable),
            Unfinished = NumberOf(VerificationIssueKind.Unfinished),
            Unknown = NumberOf(VerificationIssueKind.Unknown),
            Unlisted = NumberOf(VerificationIssueKind.Unlisted),
            Outdated = NumberOf(VerificationIssueKind.Outdated),
            Repaired = issues.Count(issue => outcome!.IsRepaired(issue)),
            Pruned = outcome?.Pruned.Count ?? 0,
            Remaining = outcome?.Remaining.Count() ?? 0,
            BytesVerified = result?.BytesVerified ?? 0,
            BytesRead = result?.BytesRead ?? 0,
            BytesDownloaded = outcome?.BytesFetched ?? 0,
            ElapsedSeconds = Math.Round(elapsed.TotalSeconds, 3),
            MissingStudies = result?.MissingStudies ?? [],
            Series = [.. (result?.Series ?? []).Select(SeriesVerifyReport.Of)],
            Issues = [.. issues.Select(issue => VerificationIssueReport.Of(issue, outcome!))],
            Errors = [.. (outcome?.Failures ?? []).Select(ErrorReport.Of)],
            Error = cause is null ? null : ErrorText.Text(cause),
        };

        int NumberOf(VerificationIssueKind kind) => issues.Count(issue => issue.Kind == kind);
    }
}
