namespace CodRetrieve.Service.Ledger;

/// <summary>Why a study failed, for counting and filtering; the words are beside it. The values are stored.</summary>
internal enum FailureReason
{
    None = 0,

    /// <summary>The store has no such study.</summary>
    NotFound = 1,

    /// <summary>The store refuses to give it, or the credential.</summary>
    AccessDenied = 2,

    /// <summary>The store cannot be reached or responds with errors.</summary>
    StoreUnavailable = 3,

    /// <summary>What the store holds is damaged: an index that cannot be read, or bytes that do not match.</summary>
    DataDamaged = 4,

    /// <summary>The destination cannot take it: full, not writable, or refusing.</summary>
    DestinationRefused = 5,

    /// <summary>Another process was saving the study each time.</summary>
    Busy = 6,

    /// <summary>Something else, which the words say.</summary>
    Other = 7,
}
