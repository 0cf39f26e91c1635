namespace CodRetrieve.Dimse;

/// <summary>An association could not be made, or ended before its message was confirmed. Never leaves the package.</summary>
internal sealed class AssociationException(AssociationFailureKind kind, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public AssociationFailureKind Kind { get; } = kind;

    /// <summary>Whether another attempt may succeed.</summary>
    public bool IsTransient => Kind is not (AssociationFailureKind.Rejected or AssociationFailureKind.ContextRejected or AssociationFailureKind.Protocol);

    public static AssociationException Protocol(string what) =>
        new(AssociationFailureKind.Protocol, $"the peer sent {what}, which the DICOM upper layer protocol does not allow. Check that the port is that of a DICOM storage SCP");

    public static AssociationException Closed(Exception? cause = null) =>
        new(AssociationFailureKind.Broken, "the peer closed the connection. Look in its log for the reason", cause);
}
