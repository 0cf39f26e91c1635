namespace CodRetrieve.Service.Configuration;

/// <summary>The bounds of requests.</summary>
internal sealed class LimitOptions
{
    /// <summary>Gets or sets the studies of a request at most. Default 5,000,000.</summary>
    public int StudiesPerRequest { get; set; } = 5_000_000;

    /// <summary>Gets or sets the studies of a shard at most. Default 100; from 1 to 1000.</summary>
    public int StudiesPerShard { get; set; } = 100;

    /// <summary>Gets or sets the bytes after which a shard takes up no further study: the rest becomes a shard of its own. Default 8 GiB.</summary>
    public long BytesPerShard { get; set; } = 8L << 30;

    /// <summary>Gets or sets the runs of a shard that may fail in a row, by faults that may pass, before what is left of it counts as failed. Default 8.</summary>
    public int AttemptsPerShard { get; set; } = 8;

    /// <summary>Gets or sets the wait after the first failed run; it doubles with each further one. Default 10 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the longest wait between two runs. Default 15 min.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Gets or sets the shards of one request that are enqueued or run at the same time, on all nodes. Default 64.</summary>
    public int ShardsPerRequest { get; set; } = 64;

    /// <summary>Gets or sets the studies whose indexes a dry run reads at most. Default 100.</summary>
    public int StudiesPerDryRun { get; set; } = 100;

    /// <summary>Gets or sets how long a request is kept in the ledger after its end, with its studies and its idempotency key; <see langword="null"/>, the default, for good.</summary>
    public TimeSpan? Retention { get; set; }

    /// <summary>Gets or sets the size of a request's body at most. Default 1 GiB.</summary>
    public long RequestBodyBytes { get; set; } = 1L << 30;
}
