using Microsoft.Extensions.Logging;

namespace CodRetrieve.Diagnostics;

/// <summary>Every message that the library logs. None takes a token, a query string or a DICOM attribute value.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "A request is tried again (attempt {Attempt}) after {Delay}: {Cause}")]
    public static partial void RequestRetried(ILogger logger, int attempt, TimeSpan delay, string? cause);

    [LoggerMessage(200, LogLevel.Warning, "{Uri} came damaged (attempt {Attempt}); it is read again.")]
    public static partial void IndexDamaged(ILogger logger, string uri, int attempt);

    [LoggerMessage(300, LogLevel.Error, "A handler of a job's event threw; the job goes on.")]
    public static partial void EventHandlerThrew(ILogger logger, Exception exception);

    [LoggerMessage(301, LogLevel.Warning, "{TarUri} changed while it was fetched; the series is read anew.")]
    public static partial void SeriesChanged(ILogger logger, string tarUri);

    [LoggerMessage(302, LogLevel.Warning, "{TarUri} could not be listed anew: {Cause}")]
    public static partial void SeriesNotListedAgain(ILogger logger, string tarUri, string cause);

    [LoggerMessage(303, LogLevel.Information, "{TarUri} is read whole first: its index has no CRC32C for {Count} instances.")]
    public static partial void TarProving(ILogger logger, string tarUri, int count);

    [LoggerMessage(304, LogLevel.Warning, "{TarUri} came damaged (attempt {Attempt}), or is so: its CRC32C is not the one that the store lists.")]
    public static partial void TarDamaged(ILogger logger, string tarUri, int attempt);
}
