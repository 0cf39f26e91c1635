using Microsoft.Extensions.Logging;

namespace CodRetrieve.DicomWeb;

/// <summary>Every message of a delivery. None takes a token, what a receiver wrote, or a DICOM attribute value.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(500, LogLevel.Warning, "{Receiver} cannot take instances now (attempt {Attempt}); trying again after {Delay}: {Cause}")]
    public static partial void ReceiverAwaited(ILogger logger, string receiver, int attempt, TimeSpan delay, string? cause);

    [LoggerMessage(501, LogLevel.Information, "{Receiver} responds again, after {Seconds} s")]
    public static partial void ReceiverResponded(ILogger logger, string receiver, double seconds);

    [LoggerMessage(502, LogLevel.Warning, "{Receiver} responded with HTTP {Status}, and lists {Count} of {Total} instances neither as stored nor as failed; asking for them")]
    public static partial void InstancesNotListed(ILogger logger, string receiver, int status, int count, int total);

    [LoggerMessage(503, LogLevel.Information, "{Receiver} does not take {Count} instances ({Bytes} bytes) in one request (HTTP {Status}); sending them in two")]
    public static partial void BatchHalved(ILogger logger, string receiver, int count, long bytes, int status);

    [LoggerMessage(504, LogLevel.Warning, "{Uri} was not delivered to {Receiver}: {Outcome}")]
    public static partial void InstanceNotDelivered(ILogger logger, string uri, string receiver, DeliveryOutcome outcome);

    [LoggerMessage(505, LogLevel.Information, "{Receiver} refused the access token; trying a fresh one")]
    public static partial void TokenRefused(ILogger logger, string receiver);

    [LoggerMessage(506, LogLevel.Information, "{Receiver} does not know Expect: 100-continue (HTTP 417); sending requests without it")]
    public static partial void ExpectRefused(ILogger logger, string receiver);
}
