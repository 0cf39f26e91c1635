using Microsoft.Extensions.Logging;

namespace CodRetrieve.Diagnostics;

/// <summary>Every message that the library logs. None takes a token, a query string or a DICOM attribute value.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "Retrying a request (attempt {Attempt}) after {Delay}: {Cause}")]
    public static partial void RequestRetried(ILogger logger, int attempt, TimeSpan delay, string? cause);

    [LoggerMessage(200, LogLevel.Warning, "{Uri} arrived damaged (attempt {Attempt}); reading it again")]
    public static partial void IndexDamaged(ILogger logger, string uri, int attempt);

    [LoggerMessage(201, LogLevel.Warning, "A folder in {Uri} has a name that cannot be that of a study, and is left out")]
    public static partial void StudyNameRejected(ILogger logger, string uri);

    [LoggerMessage(300, LogLevel.Error, "An event handler of a job threw; the job continues")]
    public static partial void EventHandlerThrew(ILogger logger, Exception exception);

    [LoggerMessage(301, LogLevel.Warning, "{TarUri} changed while it was being fetched; reading and planning the series again")]
    public static partial void SeriesChanged(ILogger logger, string tarUri);

    [LoggerMessage(302, LogLevel.Warning, "{TarUri} could not be listed again: {Cause}")]
    public static partial void SeriesNotListedAgain(ILogger logger, string tarUri, string cause);

    [LoggerMessage(303, LogLevel.Information, "Reading {TarUri} whole first: its index has no CRC32C for {Count} instances")]
    public static partial void TarVerifying(ILogger logger, string tarUri, int count);

    [LoggerMessage(304, LogLevel.Warning, "{TarUri} arrived damaged or is corrupt (attempt {Attempt}): its CRC32C differs from the one that the store lists")]
    public static partial void TarDamaged(ILogger logger, string tarUri, int attempt);

    [LoggerMessage(305, LogLevel.Warning, "An event handler of a job that was cancelled did not return within {Seconds} s; the events that are left are not raised")]
    public static partial void EventsAbandoned(ILogger logger, double seconds);

    [LoggerMessage(306, LogLevel.Debug, "An event of a job that was cancelled was dropped: nobody took it")]
    public static partial void EventDropped(ILogger logger);

    [LoggerMessage(307, LogLevel.Warning, "{Study} is in use by another job; trying again later")]
    public static partial void StudyBusy(ILogger logger, string study);

    [LoggerMessage(308, LogLevel.Information, "{TarUri} is being edited: its index and its tar do not belong together. Listing it again for up to {Seconds} s")]
    public static partial void SeriesEdited(ILogger logger, string tarUri, double seconds);
}
