namespace CodRetrieve.DicomWeb;

/// <summary>The study and the series in which a receiver has an instance.</summary>
internal sealed record InstancePlace(string? StudyInstanceUid, string? SeriesInstanceUid)
{
    /// <summary>Whether both are UIDs, and nothing that would lead a URL elsewhere.</summary>
    public bool IsComplete => IsUid(StudyInstanceUid) && IsUid(SeriesInstanceUid);

    private static bool IsUid(string? text) => text is { Length: > 0 and <= 64 } && text.All(static c => char.IsAsciiDigit(c) || c == '.');
}
