namespace CodRetrieve.Service.Configuration;

/// <summary>The section <c>Service</c> of the settings. Names of stores, destinations and credentials are compared without regard to case.</summary>
internal sealed class ServiceOptions
{
    public const string Section = "Service";

    /// <summary>Gets or sets the folder of the embedded ledger and of the demonstration. Default <c>data</c> in the current directory.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>Gets or sets where the ledger is.</summary>
    public DatabaseOptions Database { get; set; } = new();

    /// <summary>Gets or sets what this process may take on.</summary>
    public NodeOptions Node { get; set; } = new();

    /// <summary>Gets or sets the bounds of requests.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>Gets or sets whether metrics are at <c>/metrics</c>, for Prometheus to fetch with an API key. Default <see langword="false"/>: they go to a collector by OTLP only.</summary>
    public bool PrometheusEndpoint { get; set; }

    /// <summary>Gets the stores that requests may name.</summary>
    public Dictionary<string, StoreOptions> Stores { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the destinations that requests may name.</summary>
    public Dictionary<string, DestinationOptions> Destinations { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the credentials that stores and destinations may name.</summary>
    public Dictionary<string, CredentialOptions> Credentials { get; } = new(StringComparer.OrdinalIgnoreCase);
}
