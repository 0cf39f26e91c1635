namespace CodRetrieve.Dimse;

/// <summary>What became of an instance that was sent to an archive.</summary>
public enum DimseDeliveryOutcome
{
    /// <summary>The archive confirmed the C-STORE.</summary>
    Stored,

    /// <summary>The archive confirmed the C-STORE with a warning, such as that it changed attributes.</summary>
    StoredWithWarning,

    /// <summary>The archive refused it, for the reason that the status gives.</summary>
    Refused,

    /// <summary>The archive does not accept its SOP class, or not in its transfer syntax. Sending it again does not help.</summary>
    NotAccepted,

    /// <summary>The archive did not confirm it, or cannot be shown to have it.</summary>
    Unknown,

    /// <summary>The archive has taken on the responsibility for it (storage commitment, DICOM PS3.4, annex J). It counts besides <see cref="Stored"/>.</summary>
    Committed,

    /// <summary>The archive reported that it does not have it, or not reported in time. It counts besides <see cref="Stored"/>.</summary>
    NotCommitted,
}
