namespace CodRetrieve;

/// <summary>All bytes that a job wants of a series have arrived.</summary>
public sealed class SeriesDownloadedEventArgs : EventArgs
{
    internal SeriesDownloadedEventArgs(SeriesInfo series) => Series = series;

    /// <summary>The series.</summary>
    public SeriesInfo Series { get; }

    /// <summary>The bytes of the instances.</summary>
    public required long Bytes { get; init; }
}
