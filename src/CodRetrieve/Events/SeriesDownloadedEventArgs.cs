namespace CodRetrieve;

/// <summary>Provides data for <see cref="Job.Downloaded"/>: the last wanted byte of a series arrived.</summary>
public sealed class SeriesDownloadedEventArgs : JobEvent
{
    internal SeriesDownloadedEventArgs(SeriesInfo series) => Series = series;

    /// <summary>Gets the series.</summary>
    public SeriesInfo Series { get; }

    /// <summary>Gets the bytes of the instances that the job wants.</summary>
    public required long Bytes { get; init; }
}
