namespace CodRetrieve;

/// <summary>How a job ended.</summary>
public enum JobOutcome
{
    /// <summary>All that was asked for is saved and verified.</summary>
    Complete,

    /// <summary>The job ran to its end, but something failed or does not exist.</summary>
    Incomplete,

    /// <summary>The job stopped because nothing more could succeed: no permission, or a destination that is full or not writable.</summary>
    Stopped,

    /// <summary>The job was cancelled.</summary>
    Cancelled,
}
