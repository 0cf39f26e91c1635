namespace CodRetrieve.DicomWeb;

/// <summary>What became of an instance that was sent to a receiver.</summary>
public enum DeliveryOutcome
{
    /// <summary>The receiver lists it as stored.</summary>
    Stored,

    /// <summary>The receiver lists it as stored, with a warning, such as that it changed attributes.</summary>
    StoredWithWarning,

    /// <summary>The receiver had an instance of this UID. Says nothing about its bytes.</summary>
    AlreadyThere,

    /// <summary>The receiver lists it as failed.</summary>
    Refused,

    /// <summary>The receiver does not take the transfer syntax that the instance is stored with. Sending it again does not help.</summary>
    TransferSyntaxNotAccepted,

    /// <summary>The receiver acknowledged it, and has other bytes (<see cref="DeliveryVerification.Bytes"/>).</summary>
    DifferentBytes,

    /// <summary>The receiver neither lists it nor finds it, however often it was sent.</summary>
    Unknown,
}
