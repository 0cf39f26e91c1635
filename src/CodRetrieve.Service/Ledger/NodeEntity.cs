namespace CodRetrieve.Service.Ledger;

/// <summary>A process of the service. Times are milliseconds since 1970 on the database's clock.</summary>
internal sealed class NodeEntity
{
    /// <summary>The milliseconds without a sign of life after which a node counts as gone. It gives one every few seconds.</summary>
    public const long MaxSilence = 30_000;

    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    public int ProcessId { get; set; }

    public string Version { get; set; } = "";

    /// <summary>The shards that it runs at the same time; 0 for a process that runs none.</summary>
    public int Workers { get; set; }

    public long StartedAt { get; set; }

    public long SeenAt { get; set; }
}
