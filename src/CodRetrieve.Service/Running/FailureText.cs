using CodRetrieve.DicomWeb;
using CodRetrieve.Dimse;
using CodRetrieve.Service.Ledger;

namespace CodRetrieve.Service.Running;

/// <summary>Why a study failed, for the ledger. Of destinations and receivers only words of our own: their messages may hold paths, or what a receiver says about a patient.</summary>
internal static class FailureText
{
    public const int MaxLength = 2000;
    private const int MaxShown = 5;

    public static (FailureReason Reason, string Message) Of(IReadOnlyList<RetrievalFailure> failures)
    {
        var texts = failures.Take(MaxShown).Select(failure => Place(failure) + Of(failure.Exception).Message);
        var more = failures.Count > MaxShown ? $" And {failures.Count - MaxShown} more." : "";
        return (failures.Count == 0 ? FailureReason.Other : Of(failures[0].Exception).Reason, Cut(string.Join(" ", texts) + more));
    }

    public static (FailureReason Reason, string Message) Of(Exception exception) => exception switch
    {
        JobFailedException { Result.FatalException: { } fatal } => Of(fatal),
        DestinationException e => (FailureReason.DestinationRefused, Of(e.Reason)),
        DeliveryException e => (FailureReason.DestinationRefused, Of(e.Outcome)),
        DimseException => (FailureReason.DestinationRefused, "The receiver did not take it by C-STORE; the log of the node has its status."),
        ObjectStoreException { Reason: ObjectStoreFailure.NotFound } e => (FailureReason.NotFound, Cut(e.Message)),
        ObjectStoreException { Reason: ObjectStoreFailure.Unauthorized or ObjectStoreFailure.Forbidden or ObjectStoreFailure.ObjectForbidden or ObjectStoreFailure.ProxyAuthenticationRequired } e =>
            (FailureReason.AccessDenied, Cut(e.Message)),
        ObjectStoreException e => (FailureReason.StoreUnavailable, Cut(e.Message)),
        CodFormatException or InstanceIntegrityException => (FailureReason.DataDamaged, Cut(exception.Message)),
        CodRetrieveException => (FailureReason.Other, Cut(exception.Message)),
        KeyNotFoundException => (FailureReason.Other, "The store or the destination is not in the settings of the node."),
        IOException or UnauthorizedAccessException => (FailureReason.DestinationRefused, "The destination cannot be written; the log of the node has the reason."),
        _ => (FailureReason.Other, $"An error that is not foreseen ({exception.GetType().Name}); the log of the node has the details."),
    };

    /// <summary>Whether the same may succeed when it is tried again later.</summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        JobFailedException { Result.FatalException: { } fatal } => IsTransient(fatal),
        ObjectStoreException e => e.IsTransient || e.Reason is ObjectStoreFailure.Unreachable or ObjectStoreFailure.Unavailable or ObjectStoreFailure.Changed,
        DestinationException e => e.Reason != DestinationFailure.OtherLayout,
        DeliveryException e => e.Outcome == DeliveryOutcome.Unknown,
        DimseException or SeriesBeingEditedException or IOException or UnauthorizedAccessException or TimeoutException => true,
        InstanceIntegrityException or CodFormatException => false,
        CodRetrieveException => false,
        _ => true,
    };

    private static string Of(DestinationFailure reason) => reason switch
    {
        DestinationFailure.Full => "The destination is full.",
        DestinationFailure.NotWritable => "The destination cannot be written.",
        DestinationFailure.InUse => "The destination is in use by another process.",
        DestinationFailure.OtherLayout => "The destination holds the study in another layout.",
        DestinationFailure.AccessDenied => "The destination refuses the credential.",
        _ => "The destination cannot be reached.",
    };

    private static string Of(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Refused => "The receiver refused it.",
        DeliveryOutcome.TransferSyntaxNotAccepted => "The receiver does not accept the transfer syntax.",
        DeliveryOutcome.DifferentBytes => "The receiver has an instance of the same UID with other content.",
        _ => "It is not known whether the receiver has it.",
    };

    private static string Place(RetrievalFailure failure) => failure switch
    {
        { SopInstanceUid: { } instance } => $"Instance {instance}: ",
        { SeriesInstanceUid: { } series } => $"Series {series}: ",
        _ => "",
    };

    private static string Cut(string text) => text.Length <= MaxLength ? text : text[..(MaxLength - 3)] + "...";
}
