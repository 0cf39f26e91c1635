namespace CodRetrieve.Planning;

/// <summary>A series in a <see cref="WorkQueue{TSeries}"/>.</summary>
internal interface IQueuedSeries
{
    /// <summary>What is to do for it.</summary>
    SeriesWork Work { get; }
}
