namespace CodRetrieve.Service.Configuration;

/// <summary>What this process may take on.</summary>
internal sealed class NodeOptions
{
    /// <summary>Gets or sets the name that people see. Default: the machine's name.</summary>
    public string? Name { get; set; }

    /// <summary>Gets or sets whether this process runs shards. <see langword="false"/> for one that only serves the page and the API. Default <see langword="true"/>.</summary>
    public bool RunsShards { get; set; } = true;

    /// <summary>Gets or sets the shards that run at the same time. Default 2; from 1 to 16.</summary>
    public int Workers { get; set; } = 2;

    /// <summary>Gets or sets how long a shard stays this node's without a renewal, on the clock of the database. Default 60 s; from 5 s to 10 min.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets or sets the connections to stores of all shards of this node together. Default 64.</summary>
    public int MaxConnections { get; set; } = 64;

    /// <summary>Gets or sets the bytes per second that this node fetches at most; <see langword="null"/>, the default, for no limit. Its workers share it.</summary>
    public long? MaxBytesPerSecond { get; set; }

    /// <summary>Gets the times of the day in which this node begins no shard, such as <c>07:00-18:00</c>, in the machine's time zone.</summary>
    public List<string> QuietHours { get; } = [];

    /// <summary>Gets or sets how often the ledger is looked at for shards that can be enqueued. Default 1 s.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);
}
