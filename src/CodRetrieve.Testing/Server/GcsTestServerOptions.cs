namespace CodRetrieve.Testing;

/// <summary>How a <see cref="GcsTestServer"/> behaves when nothing is wrong.</summary>
public sealed record GcsTestServerOptions
{
    /// <summary>The bearer tokens accepted; null, the default, lets anyone in, an empty list nobody.</summary>
    public IReadOnlyCollection<string>? AcceptedTokens { get; init; }

    /// <summary>The most entries of a page of a listing, objects and prefixes together: 1 to 1000, GCS's own limit and the
    /// default.</summary>
    public int MaxResultsPerPage { get; init; } = 1000;

    /// <summary>The body bytes per second that one connection gives; null, the default, for as many as it can. Must be positive.</summary>
    public long? BytesPerSecondPerConnection { get; init; }

    /// <summary>How long each request waits before its response begins; zero by default. Must not be negative.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>The wide-area link that the server seems to be behind; null, the default, for none.</summary>
    public TestLink? Link { get; init; }

    /// <summary>How many requests are served at once; a further one gets status 429. Null, the default, for any number. Must be positive.</summary>
    public int? MaxConcurrentRequests { get; init; }

    /// <summary>Whether requests are recorded; true by default. Off, a soak of millions of requests keeps nothing.</summary>
    public bool RecordRequests { get; init; } = true;

    /// <summary>The seed of <see cref="GcsTestServer.Faults"/>; 0 by default.</summary>
    public int FaultSeed { get; init; }

    /// <summary>The clock of latency, throttle, drip and timestamps; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxResultsPerPage, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxResultsPerPage, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(Latency, TimeSpan.Zero);
        Link?.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrentRequests ?? 1, 1, nameof(MaxConcurrentRequests));
        if (BytesPerSecondPerConnection is { } rate)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate, nameof(BytesPerSecondPerConnection));
        }
    }
}
