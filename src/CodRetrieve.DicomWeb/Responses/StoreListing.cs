namespace CodRetrieve.DicomWeb;

/// <summary>What a receiver lists of a store transaction, by SOP Instance UID, with the reason where it gives one.</summary>
internal sealed class StoreListing
{
    /// <summary>ReferencedSOPSequence (0008,1199): stored, with the Warning Reason.</summary>
    public Dictionary<string, int?> Stored { get; } = new(StringComparer.Ordinal);

    /// <summary>FailedSOPSequence (0008,1198): not stored, with the Failure Reason.</summary>
    public Dictionary<string, int?> Failed { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads a body by its content: some receivers give no content type, or a wrong one, and some give a list with any status.</summary>
    /// <returns>The listing; an empty one where the body is none.</returns>
    public static StoreListing Parse(ReadOnlyMemory<byte> body)
    {
        var text = body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
        text = text.TrimStart(" \t\r\n"u8);
        return text.IsEmpty ? new() : text.Span[0] switch
        {
            (byte)'{' or (byte)'[' => JsonListing.Parse(text),
            (byte)'<' => XmlListing.Parse(text),
            _ => new(),
        };
    }

    public void Add(bool isFailed, string? uid, int? reason)
    {
        if (Clean(uid) is { Length: > 0 } name)
        {
            (isFailed ? Failed : Stored)[name] = reason;
        }
    }

    /// <summary>UIDs are padded to an even length, by the standard with a zero byte, by some with a space.</summary>
    public static string? Clean(string? uid) => uid?.Trim('\0', ' ', '\t', '\r', '\n');
}
