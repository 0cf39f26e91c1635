using CodRetrieve.IO;

namespace CodRetrieve.Verification;

/// <summary>One thing that verifying found. Immutable.</summary>
public sealed class VerificationIssue
{
    internal VerificationIssue(VerificationIssueKind kind, string studyInstanceUid, string location)
    {
        Kind = kind;
        StudyInstanceUid = studyInstanceUid;
        Location = location;
    }

    /// <summary>An instance that is there and in no index.</summary>
    internal static VerificationIssue Unlisted(string studyInstanceUid, string seriesInstanceUid, string sopInstanceUid, string location) =>
        new(VerificationIssueKind.Unlisted, studyInstanceUid, location) { SeriesInstanceUid = seriesInstanceUid, SopInstanceUid = sopInstanceUid };

    internal VerificationIssue(VerificationIssueKind kind, InstanceInfo instance, string location)
        : this(kind, instance.Series.StudyInstanceUid, location)
    {
        SeriesInstanceUid = instance.Series.SeriesInstanceUid;
        SopInstanceUid = instance.SopInstanceUid;
        ExpectedSizeBytes = instance.SizeBytes;
        ExpectedCrc32c = instance.Crc32c;
    }

    /// <summary>Gets what was found.</summary>
    public VerificationIssueKind Kind { get; }

    /// <summary>Gets the Study Instance UID.</summary>
    public string StudyInstanceUid { get; }

    /// <summary>Gets the Series Instance UID; <see langword="null"/> where the study as a whole is concerned, and for files outside of the listed series.</summary>
    public string? SeriesInstanceUid { get; internal init; }

    /// <summary>Gets the SOP Instance UID; <see langword="null"/> for unknown files and where the study as a whole is concerned.</summary>
    public string? SopInstanceUid { get; internal init; }

    /// <summary>Gets the path of the file, or of the zip and the entry in it; of what is missing, where it would be.</summary>
    public string Location { get; }

    /// <summary>Gets the bytes that the index gives, or, of an instance that was transformed, its receipt; <see langword="null"/> where there are none.</summary>
    public long? ExpectedSizeBytes { get; }

    /// <summary>Gets the bytes that are there; <see langword="null"/> where that is not known.</summary>
    public long? ActualSizeBytes { get; internal init; }

    /// <summary>Gets the CRC32C that the index gives, or, of an instance that was transformed, its receipt; <see langword="null"/> where there is none.</summary>
    public uint? ExpectedCrc32c { get; }

    /// <summary>Gets the CRC32C of the bytes that are there; <see langword="null"/> where they were not read to their end.</summary>
    public uint? ActualCrc32c { get; internal init; }

    /// <summary>
    /// Gets why something cannot be read; <see langword="null"/> unless <see cref="Kind"/> is <see cref="VerificationIssueKind.Unreadable"/>.
    /// </summary>
    public Exception? Cause { get; internal init; }

    /// <summary>
    /// Gets a value indicating whether <see cref="CodDownload.Repair"/> repairs it. Not unknown and unlisted files, and there is nothing to
    /// repair where only nothing can be said.
    /// </summary>
    public bool IsRepairable => Kind is not (VerificationIssueKind.Unknown or VerificationIssueKind.Unlisted or VerificationIssueKind.Unverifiable);

    /// <summary>Returns the location and what is wrong with it.</summary>
    /// <returns>One line of text.</returns>
    public override string ToString() => $"{Location}: {Text()}";

    private string Text() => Kind switch
    {
        VerificationIssueKind.Missing => "missing.",
        VerificationIssueKind.WrongSize => $"wrong size: {ActualSizeBytes} bytes instead of {(ExpectedSizeBytes is { } size ? $"{size}" : "some")}.",
        VerificationIssueKind.Corrupt => $"corrupt: CRC32C {Text(ActualCrc32c)} instead of {Text(ExpectedCrc32c)}.",
        VerificationIssueKind.Unreadable => $"cannot be read: {Cause?.Message}",
        VerificationIssueKind.Unfinished => "unfinished: instances are saved in a zip that is not finished.",
        VerificationIssueKind.Unknown => "unknown: the store lists no such instance.",
        VerificationIssueKind.Unlisted => "unlisted: it was saved from the store, which no longer lists it.",
        VerificationIssueKind.Outdated => "outdated: it was made of other bytes than the store lists now, or not by this transform.",
        _ => "unverifiable: the index gives no CRC32C, and only the size was checked.",
    };

    private static string Text(uint? crc32c) => crc32c is { } value ? Crc32C.Format(value) : "(unknown)";
}
