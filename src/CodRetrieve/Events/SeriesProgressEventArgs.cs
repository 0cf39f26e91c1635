namespace CodRetrieve;

/// <summary>Bytes of a series arrived. Raised at most about ten times a second for each series.</summary>
public sealed class SeriesProgressEventArgs : EventArgs
{
    internal SeriesProgressEventArgs(SeriesInfo series) => Series = series;

    /// <summary>The series.</summary>
    public SeriesInfo Series { get; }

    /// <summary>The bytes of instances that arrived since the event before; they add up to <see cref="BytesReceived"/>. What is fetched twice counts once.</summary>
    public required long Bytes { get; init; }

    /// <summary>The bytes of this series' instances that have arrived.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>The bytes of this series' instances that this job wants.</summary>
    public required long BytesTotal { get; init; }
}
