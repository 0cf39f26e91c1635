namespace CodRetrieve.Service.Ledger;

/// <summary>What has become of a request. The values are stored.</summary>
internal enum RequestState
{
    /// <summary>Accepted; none of its shards has begun.</summary>
    Waiting = 0,

    /// <summary>A shard has begun.</summary>
    Running = 1,

    /// <summary>No further shard begins until it is resumed.</summary>
    Paused = 2,

    /// <summary>Cancelled: what was not retrieved by then is not retrieved.</summary>
    Cancelled = 3,

    /// <summary>Every study is at the destination.</summary>
    Completed = 4,

    /// <summary>Everything was tried, and studies failed.</summary>
    Incomplete = 5,
}
