
namespace CodRetrieve.Cli;

/// <summary>The exit codes of the process. Documented in the help; scripts depend on the numbers.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Incomplete = 1;
    public const int Usage = 2;
    public const int NotAuthorised = 3;
    public const int NothingFound = 4;
    public const int Destination = 5;
    public const int Cancelled = 130;

    /// <summary>The code for what ended a command before its time.</summary>
    public static int Of(Exception cause) => cause switch
    {
        JobFailedException { InnerException: { } inner } => Of(inner),
        UsageException => Usage,
        OperationCanceledException => Cancelled,
        DestinationException => Destination,
        ObjectStoreException { IsFatal: true, Reason: not ObjectStoreFailure.Unreachable } => NotAuthorised,
        ObjectStoreException { Reason: ObjectStoreFailure.NotFound } => NothingFound,
        _ => Incomplete,
    };

    /// <summary>The code for a verification, after its repair where there was one.</summary>
    public static int Of(VerifyOutcome outcome, int studies) =>
        outcome.IsGood ? Done
        : outcome.Result.MissingStudies.Count == studies ? NothingFound
        : Incomplete;

    /// <summary>The code for a job that ran to its end.</summary>
    public static int Of(JobResult result, int studies) =>
        result.Outcome == JobOutcome.Complete ? Done
        : result.MissingStudies.Count == studies ? NothingFound
        : Incomplete;
}
