namespace CodRetrieve.Testing;

/// <summary>
/// A wide-area link between the client and the store, such as that of a data center to a cloud region (the defaults): what a connection costs before its first byte,
/// and what it and all of them together carry.
/// </summary>
public sealed record TestLink
{
    /// <summary>The time from one side to the other and back. Default 30 ms; must not be negative.</summary>
    public TimeSpan RoundTrip { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>How long the store thinks about each request. Default 40 ms; must not be negative.</summary>
    public TimeSpan TimeToFirstByte { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>How many round trips a new connection takes before its first request: TCP and TLS. Default 2; must not be negative.</summary>
    public int ConnectionRoundTrips { get; init; } = 2;

    /// <summary>The body bytes per second of one connection. Default 50,000,000; must be positive.</summary>
    public long BytesPerSecondPerConnection { get; init; } = 50_000_000;

    /// <summary>The body bytes per second of all connections together. Default 125,000,000 (1 Gbit/s); must be positive.</summary>
    public long BytesPerSecond { get; init; } = 125_000_000;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(RoundTrip, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(TimeToFirstByte, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(ConnectionRoundTrips);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BytesPerSecondPerConnection);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BytesPerSecond);
    }
}
