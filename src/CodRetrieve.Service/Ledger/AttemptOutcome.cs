namespace CodRetrieve.Service.Ledger;

/// <summary>How a run of a shard ended. The values are stored.</summary>
internal enum AttemptOutcome
{
    /// <summary>Not ended, or its node has not been able to say.</summary>
    Open = 0,

    /// <summary>Each study was decided.</summary>
    Completed = 1,

    /// <summary>It ended early and continues later: a fault that may pass, or studies that another run was saving.</summary>
    Deferred = 2,

    /// <summary>It stopped since its request was paused or its node shut down.</summary>
    Released = 3,

    /// <summary>It stopped since its request was cancelled.</summary>
    Cancelled = 4,

    /// <summary>Its lease ran out, and another run took over.</summary>
    LeaseLost = 5,
}
