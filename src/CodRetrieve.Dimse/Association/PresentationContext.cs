namespace CodRetrieve.Dimse;

/// <summary>What is proposed as one presentation context: a SOP class and the one transfer syntax that its instances have.</summary>
internal readonly record struct PresentationContext(string AbstractSyntax, string TransferSyntax)
{
    /// <summary>Identifiers are the odd numbers of a byte (DICOM PS3.8, section 9.3.2.2).</summary>
    public const int MaxPerAssociation = 128;

    /// <summary>The transfer syntax that every peer has (DICOM PS3.5, section 10.1).</summary>
    public const string ImplicitLittleEndian = "1.2.840.10008.1.2";

    /// <summary>C-ECHO (DICOM PS3.4, annex A).</summary>
    public static readonly PresentationContext Verification = new("1.2.840.10008.1.1", ImplicitLittleEndian);

    /// <summary>C-FIND in the Study Root information model (DICOM PS3.4, section C.6.2).</summary>
    public static readonly PresentationContext StudyRootFind = new("1.2.840.10008.5.1.4.1.2.2.1", ImplicitLittleEndian);

    /// <summary>Storage commitment (DICOM PS3.4, annex J).</summary>
    public static readonly PresentationContext StorageCommitment = new("1.2.840.10008.1.20.1", ImplicitLittleEndian);

    /// <summary>The reason in words for a result of DICOM PS3.8, table 9-18.</summary>
    public string Rejection(byte result) => result switch
    {
        _ when this == StudyRootFind => $"the archive does not accept C-FIND (SOP class {AbstractSyntax}, result {result}). Enable queries for the calling AE title at the archive",
        _ when this == StorageCommitment => $"the archive does not accept storage commitment (SOP class {AbstractSyntax}, result {result}). Enable it for the calling AE title at the archive, or do not request it",
        3 => $"the archive does not accept SOP class {AbstractSyntax}. Enable this SOP class for storage at the archive, or leave its instances out of the selection",
        4 => $"the archive accepts SOP class {AbstractSyntax}, but not in transfer syntax {TransferSyntax}. Enable this transfer syntax at the archive; instances are sent as they are stored, without transcoding",
        _ => $"the archive rejected the presentation context of SOP class {AbstractSyntax} in transfer syntax {TransferSyntax} (result {result}). Enable both for storage at the archive",
    };
}
