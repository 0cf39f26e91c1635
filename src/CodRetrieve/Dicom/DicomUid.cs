namespace CodRetrieve.Dicom;

/// <summary>Unique identifiers (PS3.5, 9.1), as far as they must be known by their characters.</summary>
internal static class DicomUid
{
    private const int MaxLength = 64;

    /// <summary>Whether a text without padding has the characters of a UID, and so nothing that could lead a URL elsewhere, or steer a message or a PDU.</summary>
    public static bool IsUid(string? text) => text is { Length: > 0 and <= MaxLength } && text.All(static c => char.IsAsciiDigit(c) || c == '.');
}
