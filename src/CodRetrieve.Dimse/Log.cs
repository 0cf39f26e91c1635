using Microsoft.Extensions.Logging;

namespace CodRetrieve.Dimse;

/// <summary>Every message that the package logs. None takes a DICOM attribute value or a comment of an archive.</summary>
internal static partial class Log
{
    [LoggerMessage(700, LogLevel.Warning, "{Archive} is not asked what it has, and what has no receipt is sent again: {Cause}")]
    public static partial void CannotAsk(ILogger logger, string archive, string cause);

    [LoggerMessage(701, LogLevel.Warning, "{Archive} cannot be reached, or is busy (attempt {Attempt}); trying again after {Delay}: {Cause}")]
    public static partial void ArchiveDown(ILogger logger, string archive, int attempt, TimeSpan delay, string cause);

    [LoggerMessage(702, LogLevel.Debug, "An association with the port for reports of storage commitment failed: {Cause}")]
    public static partial void ReportFailed(ILogger logger, string cause);

    [LoggerMessage(703, LogLevel.Information, "{Archive} has not committed {Count} instances of the study {Study} yet; asking again after {Delay}")]
    public static partial void CommitmentRequestedAgain(ILogger logger, string archive, int count, string study, TimeSpan delay);
}
