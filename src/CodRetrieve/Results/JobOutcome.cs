namespace CodRetrieve;

/// <summary>How a job ended.</summary>
public enum JobOutcome
{
    /// <summary>Everything that was asked for is saved and verified.</summary>
    Complete,

    /// <summary>The job did everything it could, but something failed, does not exist or was in use by another job.</summary>
    Incomplete,

    /// <summary>The job ended early because nothing more could succeed: no permission, or a destination that is full or not writable.</summary>
    Failed,

    /// <summary><see cref="Job.StopAsync"/> was called: what was under way is finished, the rest is left for another job.</summary>
    Stopped,

    /// <summary>The job was cancelled before it had done everything.</summary>
    Cancelled,
}
