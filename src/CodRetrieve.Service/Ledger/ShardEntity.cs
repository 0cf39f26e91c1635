namespace CodRetrieve.Service.Ledger;

/// <summary>A shard: studies of one request with consecutive numbers. Times are milliseconds since 1970 on the database's clock.</summary>
internal sealed class ShardEntity
{
    public long Id { get; set; }

    public long RequestId { get; set; }

    public int FirstNumber { get; set; }

    public int StudyCount { get; set; }

    public ShardState State { get; set; }

    /// <summary>Counts the claims: what a run changes in the ledger, it changes only while the epoch is still its own.</summary>
    public int Epoch { get; set; }

    /// <summary>The run that claimed it last; tells two runs of one node apart.</summary>
    public string? RunId { get; set; }

    public string? NodeId { get; set; }

    /// <summary>Until when the shard is its node's; 0 where it is nobody's.</summary>
    public long LeaseUntil { get; set; }

    /// <summary>Until when it is not enqueued, after a failed run; 0 for at once.</summary>
    public long NotBefore { get; set; }

    /// <summary>When it is enqueued again, should Hangfire not have run it by then.</summary>
    public long QueuedUntil { get; set; }

    /// <summary>The runs that failed in a row.</summary>
    public int FailedRuns { get; set; }

    public int StudiesSaved { get; set; }

    public int StudiesFailed { get; set; }

    /// <summary>What the run under way has received, and how fast.</summary>
    public long RunBytesReceived { get; set; }

    public long RunBytesPerSecond { get; set; }

    public long? StartedAt { get; set; }

    public long? EndedAt { get; set; }

    /// <summary>Why the last run failed, in words without a secret.</summary>
    public string? LastError { get; set; }
}
