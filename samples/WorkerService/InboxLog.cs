namespace WorkerService;

internal static partial class InboxLog
{
    [LoggerMessage(1, LogLevel.Information, "Requests are taken from {Folder}")]
    public static partial void LogServing(this ILogger logger, string folder);

    [LoggerMessage(2, LogLevel.Information, "Request {Name}: {Outcome}, {Saved} saved, {Failed} failed")]
    public static partial void LogRetrieved(this ILogger logger, string name, string outcome, int saved, int failed);

    [LoggerMessage(3, LogLevel.Error, "The inbox cannot be looked into; it is tried again")]
    public static partial void LogInboxFailed(this ILogger logger, Exception exception);
}
