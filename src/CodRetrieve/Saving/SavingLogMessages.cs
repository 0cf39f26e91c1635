using Microsoft.Extensions.Logging;

namespace CodRetrieve.Saving;

/// <summary>The log messages of the destinations. They name paths, never a DICOM attribute value.</summary>
internal static partial class SavingLogMessages
{
    [LoggerMessage(400, LogLevel.Debug, "The unfinished file {Path} could not be deleted; it is swept when its series is next looked at")]
    public static partial void LeftoverNotDeleted(ILogger logger, Exception exception, string path);

    [LoggerMessage(401, LogLevel.Information, "Swept {Count} unfinished files of an earlier run below {Path}")]
    public static partial void LeftoversSwept(ILogger logger, int count, string path);

    [LoggerMessage(402, LogLevel.Warning, "{Path} was damaged. It is kept as {DamagedPath}, and a new one with every entry that could be read took its place")]
    public static partial void LogRepaired(ILogger logger, string path, string damagedPath);

    [LoggerMessage(403, LogLevel.Warning, "Entries of {Path} could not be written at the end of the job; the instances themselves are saved")]
    public static partial void LogNotFlushed(ILogger logger, Exception exception, string path);

    [LoggerMessage(404, LogLevel.Warning, "A failed write to {Path} could not be undone; the file is repaired when it is next opened")]
    public static partial void LogNotRestored(ILogger logger, Exception exception, string path);

    [LoggerMessage(405, LogLevel.Debug, "{Path} was changed by another program and is read again")]
    public static partial void LogChanged(ILogger logger, string path);

    [LoggerMessage(406, LogLevel.Warning, "{Path} cannot be read as a zip. It is kept as {DamagedPath}, and its instances are fetched again")]
    public static partial void ZipDamaged(ILogger logger, Exception exception, string path, string damagedPath);

    [LoggerMessage(407, LogLevel.Warning, "{Count} entries of {Path} are damaged. The zip is kept as {DamagedPath}; the new one lacks them")]
    public static partial void ZipEntriesDamaged(ILogger logger, int count, string path, string damagedPath);

    [LoggerMessage(408, LogLevel.Warning, "The staged files below {Path} could not be deleted though their zip is whole; they may be deleted by hand")]
    public static partial void StagingNotDeleted(ILogger logger, Exception exception, string path);

    [LoggerMessage(409, LogLevel.Debug, "{Path}, which names the studies of this run, could not be deleted")]
    public static partial void RunRecordNotDeleted(ILogger logger, Exception exception, string path);
}
