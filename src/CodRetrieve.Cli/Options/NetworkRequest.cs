namespace CodRetrieve.Cli.Options;

/// <summary>Where the store is and how it is read. What is <see langword="null"/> is the library's default.</summary>
internal sealed class NetworkRequest
{
    public string? Endpoint { get; init; }

    /// <summary>The file of authorities to trust besides the system's.</summary>
    public string? CaCertificateFile { get; init; }

    /// <summary>The requests in flight at most.</summary>
    public int? Connections { get; init; }

    /// <summary>The requests in flight at least, however the store responds.</summary>
    public int? MinConnections { get; init; }

    /// <summary>The bytes per second that the requests keep together.</summary>
    public long? LimitRate { get; init; }

    /// <summary>The bytes per second that a response must come at.</summary>
    public long? MinRate { get; init; }

    public TimeSpan? ConnectTimeout { get; init; }

    public TimeSpan? IdleTimeout { get; init; }

    public int? Retries { get; init; }

    /// <summary>How long an outage is waited out.</summary>
    public TimeSpan? RetryFor { get; init; }

    /// <summary>Sets what was asked for.</summary>
    public void ApplyTo(CodDownloadOptions options)
    {
        options.CertificateAuthorityFile = CaCertificateFile;
        options.MaxConnections = Connections ?? options.MaxConnections;
        options.MinConnections = Math.Min(MinConnections ?? options.MinConnections, options.MaxConnections);
        options.MaxBytesPerSecond = LimitRate;
        options.MinBytesPerSecond = (int)Math.Min(MinRate ?? options.MinBytesPerSecond, int.MaxValue);
        options.ConnectTimeout = ConnectTimeout ?? options.ConnectTimeout;
        options.IdleTimeout = IdleTimeout ?? options.IdleTimeout;
        options.MaxRetryAttempts = Retries ?? options.MaxRetryAttempts;
        options.MaxOutage = RetryFor ?? options.MaxOutage;
    }
}
