namespace CodRetrieve;

/// <summary>Provides data for <see cref="Job.Extracted"/>: all wanted instances of a series have left its tar and are verified.</summary>
public sealed class SeriesExtractedEventArgs : JobEvent
{
    internal SeriesExtractedEventArgs(SeriesInfo series) => Series = series;

    /// <summary>Gets the series.</summary>
    public SeriesInfo Series { get; }

    /// <summary>Gets the number of instances.</summary>
    public required int InstanceCount { get; init; }
}
