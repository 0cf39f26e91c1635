namespace CodRetrieve;

/// <summary>
/// Provides data for <see cref="Job.Progress"/>: bytes of a series arrived. Raised at most about ten times per second per series, and once when its
/// last bytes have arrived.
/// </summary>
public sealed class SeriesProgressEventArgs : JobEvent
{
    internal SeriesProgressEventArgs(SeriesInfo series) => Series = series;

    /// <summary>Gets the series.</summary>
    public SeriesInfo Series { get; }

    /// <summary>
    /// Gets the bytes of instances that arrived since the previous event of the series; they add up to <see cref="BytesReceived"/>. What is fetched
    /// twice counts once.
    /// </summary>
    public required long Bytes { get; init; }

    /// <summary>Gets the bytes of this series' instances that have arrived.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Gets the bytes of this series' instances that the job wants.</summary>
    public required long BytesTotal { get; init; }
}
