using Microsoft.Extensions.Logging;

namespace CodRetrieve.Saving;

/// <summary>The log messages of the destinations. They name paths, never a DICOM attribute value.</summary>
internal static partial class SavingLogMessages
{
    [LoggerMessage(400, LogLevel.Debug, "The unfinished file {Path} could not be deleted; it is deleted when its series is next looked at")]
    public static partial void LeftoverNotDeleted(ILogger logger, Exception exception, string path);

    [LoggerMessage(401, LogLevel.Information, "Deleted {Count} unfinished files of an earlier run below {Path}")]
    public static partial void LeftoversDeleted(ILogger logger, int count, string path);

    [LoggerMessage(402, LogLevel.Warning, "{Path} was damaged. It is kept as {DamagedPath}, and a new one with what is saved took its place")]
    public static partial void LogDamaged(ILogger logger, string path, string damagedPath);

    [LoggerMessage(403, LogLevel.Warning, "{Path} could not be written at the end of the job; the instances themselves are saved")]
    public static partial void LogNotWritten(ILogger logger, Exception exception, string path);

    [LoggerMessage(404, LogLevel.Warning, "{Path} was not written at the end of the job, since another job was writing it; the instances themselves are saved")]
    public static partial void LogLocked(ILogger logger, string path);

    [LoggerMessage(405, LogLevel.Warning, "Leftovers of an earlier run in the study {Study} could not be deleted")]
    public static partial void StudyNotCleanedUp(ILogger logger, Exception exception, string study);

    [LoggerMessage(406, LogLevel.Warning, "{Path} cannot be read as a zip. It is kept as {DamagedPath}, and its instances are fetched again")]
    public static partial void ZipDamaged(ILogger logger, Exception exception, string path, string damagedPath);

    [LoggerMessage(407, LogLevel.Warning, "{Count} entries of {Path} are damaged. The zip is kept as {DamagedPath}; the new one lacks them")]
    public static partial void ZipEntriesDamaged(ILogger logger, int count, string path, string damagedPath);

    [LoggerMessage(409, LogLevel.Debug, "{Path}, which names the studies of this run, could not be written")]
    public static partial void RunNotMarked(ILogger logger, Exception exception, string path);

    [LoggerMessage(410, LogLevel.Debug, "{Path}, which names the studies of a run that died, could not be read")]
    public static partial void DeadRunNotRead(ILogger logger, Exception exception, string path);

    [LoggerMessage(411, LogLevel.Warning, "{Path}, which tells what is saved of a study, could not be read; the instances there are read and compared instead")]
    public static partial void ReceiptsNotRead(ILogger logger, Exception exception, string path);

    [LoggerMessage(412, LogLevel.Warning, "{Path}, which tells what is saved of a study, could not be written; a later run reads and compares the instances instead")]
    public static partial void ReceiptsNotWritten(ILogger logger, Exception exception, string path);

    [LoggerMessage(413, LogLevel.Warning, "{Location} could not be read and compared; the instance is fetched again")]
    public static partial void InstanceNotCompared(ILogger logger, Exception exception, string location);

    [LoggerMessage(420, LogLevel.Information, "Continuing the unfinished zip {Path} of an earlier run, in which {Count} instances are whole")]
    public static partial void ZipResumed(ILogger logger, int count, string path);
}
