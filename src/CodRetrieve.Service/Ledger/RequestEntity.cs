namespace CodRetrieve.Service.Ledger;

/// <summary>A request. Times are milliseconds since 1970 on the database's clock.</summary>
internal sealed class RequestEntity
{
    public long Id { get; set; }

    /// <summary>Whose request it is: others do not see it. Empty where there are no tenants.</summary>
    public string Tenant { get; set; } = "";

    public string CreatedBy { get; set; } = "";

    public long CreatedAt { get; set; }

    public string Store { get; set; } = "";

    public string Destination { get; set; } = "";

    /// <summary>The selection as JSON; <see langword="null"/> for everything.</summary>
    public string? Selection { get; set; }

    public string? IdempotencyKey { get; set; }

    /// <summary>A SHA-256 of what was asked for, by which a repetition under the same key is known to ask for the same.</summary>
    public string Fingerprint { get; set; } = "";

    public int Priority { get; set; }

    public int? MaxShards { get; set; }

    public RequestState State { get; set; }

    public int StudyCount { get; set; }

    public int ShardCount { get; set; }

    public int StudiesSaved { get; set; }

    public int StudiesFailed { get; set; }

    public long InstancesSaved { get; set; }

    public long BytesSaved { get; set; }

    public long BytesReceived { get; set; }

    public long? StartedAt { get; set; }

    public long? EndedAt { get; set; }
}
