namespace CodRetrieve.Service.Ledger;

/// <summary>A run of a shard.</summary>
internal sealed class AttemptEntity
{
    public long ShardId { get; set; }

    public int Epoch { get; set; }

    public long RequestId { get; set; }

    public string NodeId { get; set; } = "";

    public long StartedAt { get; set; }

    public long? EndedAt { get; set; }

    public AttemptOutcome Outcome { get; set; }

    public long BytesReceived { get; set; }

    public long BytesSaved { get; set; }

    public string? Message { get; set; }
}
