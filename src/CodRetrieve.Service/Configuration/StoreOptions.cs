namespace CodRetrieve.Service.Configuration;

/// <summary>A store that requests may name.</summary>
internal sealed class StoreOptions
{
    /// <summary>Gets or sets the bucket, such as <c>gs://bucket/prefix</c>, or a store on a disk, such as <c>file:///mnt/store</c>; without a token.</summary>
    public string Url { get; set; } = "";

    /// <summary>Gets or sets the name of a credential; <see langword="null"/>, the default, for none.</summary>
    public string? Credential { get; set; }

    /// <summary>Gets or sets the address of the storage API; <see langword="null"/>, the default, for Google's.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Gets or sets the project that pays for the requests; <see langword="null"/>, the default, for the bucket's.</summary>
    public string? UserProject { get; set; }

    /// <summary>Gets or sets a PEM file of certificate authorities to trust besides those of the system.</summary>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary>Gets or sets how long an outage of the store is waited out within a run, before the shard is tried again later. Default 2 min.</summary>
    public TimeSpan MaxOutage { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets or sets the shards that read from it at the same time, on all nodes; <see langword="null"/>, the default, for no limit.</summary>
    public int? MaxShards { get; set; }

    /// <summary>Gets or sets the connections to it for each shard; <see langword="null"/>, the default, for the node's part.</summary>
    public int? MaxConnections { get; set; }

    /// <summary>Gets or sets the bytes per second that each node fetches from it at most; <see langword="null"/>, the default, for no limit.</summary>
    public long? MaxBytesPerSecond { get; set; }

    /// <summary>Gets the times of the day in which no shard that reads from it begins, such as <c>07:00-18:00</c>, in the machine's time zone.</summary>
    public List<string> QuietHours { get; } = [];
}
