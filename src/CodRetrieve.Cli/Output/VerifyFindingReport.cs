namespace CodRetrieve.Cli.Output;

/// <summary>One thing that verifying found, as JSON.</summary>
internal sealed record VerifyFindingReport
{
    /// <summary>The name of a <see cref="VerifyFindingKind"/>.</summary>
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

    public required string Message { get; init; }

    public static string KindOf(VerifyFindingKind kind) => Json.NameOf(kind);

    public static VerifyFindingReport Of(VerifyFinding finding, bool repaired) => new()
    {
        Kind = KindOf(finding.Kind),
        Study = finding.StudyInstanceUid,
        Series = finding.SeriesInstanceUid,
        Instance = finding.SopInstanceUid,
        Location = finding.Location,
        ExpectedSizeBytes = finding.ExpectedSizeBytes,
        ActualSizeBytes = finding.ActualSizeBytes,
        ExpectedCrc32c = Crc32cText.Of(finding.ExpectedCrc32c),
        ActualCrc32c = Crc32cText.Of(finding.ActualCrc32c),
        Repaired = repaired,
        Message = finding.ToString(),
    };
}
