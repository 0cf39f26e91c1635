using CodRetrieve.Storage;

namespace CodRetrieve.DicomWeb;

/// <summary>The exceptions of deliveries, with their messages.</summary>
internal static class DeliveryFailures
{
    public static DeliveryException Refused(Outgoing instance, string receiver, string why, ReceiverResponse response, int? reason) =>
        Of(DeliveryOutcome.Refused, instance, $"{receiver} refused {Name(instance)}: {why}. Look into the receiver's log, or at what its conformance statement demands.", response, reason);

    public static DeliveryException TransferSyntax(Outgoing instance, string receiver, ReceiverResponse response) => Of(
        DeliveryOutcome.TransferSyntaxNotAccepted,
        instance,
        $"{receiver} does not accept the transfer syntax {instance.TransferSyntaxUid ?? "(unknown)"} of {Name(instance)}. Have the receiver accept it: instances are sent as they are stored.",
        response,
        null);

    public static DeliveryException Unlisted(Outgoing instance, string receiver, ReceiverResponse response) => response.Status is >= 400 and < 500
        ? Refused(instance, receiver, $"HTTP {response.Status}, no reason given", response, null)
        : Of(
            DeliveryOutcome.Unknown,
            instance,
            $"{receiver} responded with HTTP {response.Status} and lists {Name(instance)} neither as stored nor as failed, and does not find it. Look into the receiver's log, and run again.",
            response,
            null);

    public static DeliveryException NoResponse(Outgoing instance, string receiver, Exception cause) => new(
        DeliveryOutcome.Unknown,
        $"{receiver} gave no response to {Name(instance)}, and does not find it{(instance.IsStreamed ? "; it is too large to be kept in memory for another attempt (MaxBufferedBytes)" : "")}. Run again.",
        cause)
    {
        TransferSyntaxUid = instance.TransferSyntaxUid,
    };

    public static DeliveryException NotFound(Outgoing instance, string receiver) => new(
        DeliveryOutcome.Unknown, $"{receiver} acknowledged {Name(instance)} and does not find it, or cannot be asked for it. Check that the receiver has QIDO-RS, or verify nothing.");

    public static DeliveryException DifferentBytes(Outgoing instance, string receiver, string what) => new(
        DeliveryOutcome.DifferentBytes, $"{receiver} acknowledged {Name(instance)}, but {what}. Receivers that change what they store cannot be verified by bytes; others kept an earlier instance of this UID: delete it there.");

    public static DestinationException AccessDenied(string receiver, int status) => new(
        DestinationFailure.AccessDenied,
        status == 401
            ? $"{receiver} demands another credential (HTTP 401). Give a valid token, user and password, or client certificate."
            : $"{receiver} does not let this credential store instances (HTTP 403). Grant it that right, or give another.");

    public static DestinationException ProxyLogin(string receiver, Uri? proxy) =>
        new(DestinationFailure.Unreachable, $"{receiver} cannot be reached: {ConnectionFailure.ProxyWantsLogin(proxy)}.");

    public static DestinationException NoService(string receiver, int status) => new(
        DestinationFailure.Unreachable, $"{receiver} takes no instances at /studies (HTTP {status}). Give the address of its STOW-RS service; redirects are not followed.");

    public static DestinationException Full(string receiver) => new(DestinationFailure.Full, $"{receiver} has no space left (HTTP 507). Free some there and run again: what was acknowledged is not sent again.");

    // As the store names it: in a store with hashed UIDs, those inside the file are not for messages.
    private static string Name(Outgoing instance) => instance.Instance.Uri;

    private static DeliveryException Of(DeliveryOutcome outcome, Outgoing instance, string message, ReceiverResponse response, int? reason) => new(outcome, message)
    {
        FailureReason = reason,
        TransferSyntaxUid = instance.TransferSyntaxUid,
        ReceiverText = response.Warning,
    };
}
