namespace CodRetrieve;

/// <summary>All instances that a job wants of a series were taken out of its tar, verified and saved.</summary>
public sealed class SeriesExtractedEventArgs : EventArgs
{
    internal SeriesExtractedEventArgs(SeriesInfo series) => Series = series;

    /// <summary>The series.</summary>
    public SeriesInfo Series { get; }

    /// <summary>The number of instances.</summary>
    public required int InstanceCount { get; init; }
}
