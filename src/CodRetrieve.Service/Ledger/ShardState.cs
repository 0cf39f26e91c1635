namespace CodRetrieve.Service.Ledger;

/// <summary>What has become of a shard. The values are stored.</summary>
internal enum ShardState
{
    /// <summary>Not handed to Hangfire.</summary>
    Waiting = 0,

    /// <summary>Handed to Hangfire, and not begun.</summary>
    Queued = 1,

    /// <summary>Claimed by a node, as long as its lease lasts.</summary>
    Running = 2,

    /// <summary>Each of its studies is saved or failed.</summary>
    Done = 3,

    /// <summary>Given up with its request.</summary>
    Cancelled = 4,
}
