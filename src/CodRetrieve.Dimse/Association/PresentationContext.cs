namespace CodRetrieve.Dimse;

/// <summary>What is proposed as one presentation context: a SOP class and the one transfer syntax that its instances have.</summary>
internal readonly record struct PresentationContext(string AbstractSyntax, string TransferSyntax)
{
    /// <summary>Identifiers are the odd numbers of a byte (DICOM PS3.8, section 9.3.2.2).</summary>
    public const int MaxPerAssociation = 128;

    /// <summary>C-ECHO (DICOM PS3.4, annex A).</summary>
    public static readonly PresentationContext Verification = new("1.2.840.10008.1.1", "1.2.840.10008.1.2");

    /// <summary>The reason in words for a result of DICOM PS3.8, table 9-18.</summary>
    public string Rejection(byte result) => result switch
    {
        3 => $"the archive does not accept SOP class {AbstractSyntax}. Enable this SOP class for storage at the archive, or leave its instances out of the selection",
        4 => $"the archive accepts SOP class {AbstractSyntax}, but not in transfer syntax {TransferSyntax}. Enable this transfer syntax at the archive; instances are sent as they are stored, without transcoding",
        _ => $"the archive rejected the presentation context of SOP class {AbstractSyntax} in transfer syntax {TransferSyntax} (result {result}). Enable both for storage at the archive",
    };
}
