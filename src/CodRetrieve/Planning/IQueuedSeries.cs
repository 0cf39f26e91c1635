namespace CodRetrieve.Planning;

/// <summary>A series in a <see cref="WorkQueue{TSeries}"/>.</summary>
internal interface IQueuedSeries
{
    /// <summary>What is to do for it.</summary>
    SeriesWork Work { get; }

    /// <summary>Whether its tar is on its way already, as a whole: then it is fetched as one segment.</summary>
    bool IsPrefetched { get; }
}
