namespace CodRetrieve.DicomWeb;

/// <summary>What is checked after a receiver has acknowledged an instance.</summary>
public enum DeliveryVerification
{
    /// <summary>Nothing: the receiver's own list of what it stored is enough.</summary>
    None,

    /// <summary>The receiver is asked for the instance by its UID (QIDO-RS). Shows that it is there, not that its bytes are those that were sent.</summary>
    Exists,

    /// <summary>The instance is read back (WADO-RS) and its CRC32C compared with that of the bytes sent. Fails for receivers that change what they store.</summary>
    Bytes,
}
