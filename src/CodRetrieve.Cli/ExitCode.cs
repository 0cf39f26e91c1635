using CodRetrieve.Cli.Output;

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
    public const int Network = 6;
    public const int ProxyLogin = 7;
    public const int Output = 8;
    public const int Stopped = 9;
    public const int Cancelled = 130;

    /// <summary>The code for what ended a command before its time.</summary>
    public static int Of(Exception cause) => cause switch
    {
        JobFailedException { InnerException: { } inner } => Of(inner),
        UsageException => Usage,
        NothingFoundException => NothingFound,
        OperationCanceledException => Cancelled,
        DestinationException => Destination,
        ObjectStoreException { Reason: ObjectStoreFailure.ProxyAuthenticationRequired } => ProxyLogin,
        ObjectStoreException { Reason: ObjectStoreFailure.InsecureConnection or ObjectStoreFailure.Unreachable or ObjectStoreFailure.Unavailable } => Network,
        ObjectStoreException { IsFatal: true } => NotAuthorised,
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
        result.Outcome == JobOutcome.Complete ? (SelectionText.IsEmpty(result) ? NothingFound : Done)
        : result.Outcome == JobOutcome.Stopped ? Stopped
        : result.MissingStudies.Count == studies ? NothingFound
        : IsWithoutNetwork(result) ? Network
        : Incomplete;

    // Nothing came, and no response either.
    private static bool IsWithoutNetwork(JobResult result) =>
        result.Failures.Count > 0 && result.InstancesSaved + result.InstancesSkipped + result.MissingStudies.Count + result.BusyStudies.Count == 0
        && result.Failures.All(failure => failure.Exception is ObjectStoreException { Reason: ObjectStoreFailure.Unavailable });

    /// <summary>The code of a command, or that of what it had to leave out where all else went well. Names them.</summary>
    public static int WithProblems(int code, Session session, ErrorLines errors)
    {
        var problems = session.Problems.ToList();
        problems.ForEach(errors.Add);
        return code == Done && problems.Count > 0 ? Incomplete : code;
    }

    /// <summary>The code of a command, or that of what could not be printed where all else went well.</summary>
    public static int WithOutput(int code, GuardedWriter output, GuardedWriter error)
    {
        if (output.Failure is { } failure)
        {
            error.WriteLine($"error: Standard output cannot be written: {failure.Message}");
        }

        return code == Done && (output.Failure ?? error.Failure) is not null ? Output : code;
    }
}
