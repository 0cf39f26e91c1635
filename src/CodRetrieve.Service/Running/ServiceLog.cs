namespace CodRetrieve.Service.Running;

internal static partial class ServiceLog
{
    [LoggerMessage(1, LogLevel.Information, "Shard {Shard} of request {Request} claimed, epoch {Epoch}: {Studies} studies are left")]
    public static partial void LogClaimed(this ILogger logger, long shard, long request, int epoch, int studies);

    [LoggerMessage(2, LogLevel.Information, "Shard {Shard} ended, epoch {Epoch}: {Outcome}, {Saved} studies saved, {Failed} failed, {Left} left")]
    public static partial void LogEnded(this ILogger logger, long shard, int epoch, string outcome, int saved, int failed, int left);

    [LoggerMessage(3, LogLevel.Warning, "The lease of shard {Shard}, epoch {Epoch}, could not be renewed in time: the run is given up")]
    public static partial void LogLeaseRanOut(this ILogger logger, long shard, int epoch);

    [LoggerMessage(4, LogLevel.Warning, "Shard {Shard}, epoch {Epoch}, was claimed by another run: this one is given up and changes nothing")]
    public static partial void LogLeaseTaken(this ILogger logger, long shard, int epoch);

    [LoggerMessage(5, LogLevel.Warning, "The lease of shard {Shard} was not renewed ({Error}); it is tried again while it lasts")]
    public static partial void LogRenewalFailed(this ILogger logger, long shard, string error);

    [LoggerMessage(6, LogLevel.Warning, "Shard {Shard} failed and is tried again later")]
    public static partial void LogRunFailed(this ILogger logger, Exception exception, long shard);

    [LoggerMessage(7, LogLevel.Error, "The run of shard {Shard} could not be recorded ({Problem}): the shard is claimed again when its lease has ended, and finds what is saved")]
    public static partial void LogNotRecorded(this ILogger logger, Exception? exception, long shard, string problem);

    [LoggerMessage(8, LogLevel.Warning, "The ledger cannot be used: {Problem}; no shard is enqueued until it can, and it is tried again")]
    public static partial void LogSweepFailed(this ILogger logger, Exception? exception, string problem);

    [LoggerMessage(9, LogLevel.Information, "Shard {Shard} of request {Request} is large: its studies from number {Number} on became a shard of their own")]
    public static partial void LogSplit(this ILogger logger, long shard, long request, int number);

    [LoggerMessage(10, LogLevel.Information, "Node {Node} runs {Workers} shards at a time")]
    public static partial void LogNode(this ILogger logger, string node, int workers);

    [LoggerMessage(11, LogLevel.Information, "Nothing is configured: the demonstration store 'demo' has {Studies} synthetic studies, the destinations 'folder' and 'zip' are in {Directory}")]
    public static partial void LogDemonstration(this ILogger logger, int studies, string directory);

    [LoggerMessage(12, LogLevel.Information, "The service listens on {Address}; its data are in {Directory}")]
    public static partial void LogListening(this ILogger logger, string address, string directory);

    [LoggerMessage(13, LogLevel.Information, "Study {Study} failed: {Reason}")]
    public static partial void LogStudyFailed(this ILogger logger, string study, string reason);

    [LoggerMessage(14, LogLevel.Warning, "The outcomes of shard {Shard} were not recorded ({Error}); it is tried again while the lease lasts")]
    public static partial void LogRecordFailed(this ILogger logger, long shard, string error);

    [LoggerMessage(15, LogLevel.Information, "The schema of the ledger is up to date")]
    public static partial void LogMigrated(this ILogger logger);

    [LoggerMessage(16, LogLevel.Warning, "Shard {Shard} could not be claimed ({Error}); it is tried again")]
    public static partial void LogClaimFailed(this ILogger logger, long shard, string error);

    [LoggerMessage(17, LogLevel.Information, "The ledger can be used again")]
    public static partial void LogLedgerBack(this ILogger logger);

    [LoggerMessage(18, LogLevel.Warning, "A request to the service was refused, since {Problem}")]
    public static partial void LogUnavailable(this ILogger logger, string problem);

    [LoggerMessage(19, LogLevel.Information, "{Requests} requests that ended more than {Retention} ago were removed from the ledger")]
    public static partial void LogRemoved(this ILogger logger, int requests, TimeSpan retention);

    [LoggerMessage(20, LogLevel.Warning, "Requests that ended long ago could not be removed from the ledger ({Error}); it is tried again")]
    public static partial void LogRetentionFailed(this ILogger logger, string error);
}
