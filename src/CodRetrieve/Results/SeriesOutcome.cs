namespace CodRetrieve;

/// <summary>How a series of a job ended.</summary>
public enum SeriesOutcome
{
    /// <summary>Instances were saved, and with them everything that the index lists is there.</summary>
    Saved,

    /// <summary>Everything was there already; nothing was fetched.</summary>
    AlreadySaved,

    /// <summary>Some instances are there, some failed.</summary>
    Incomplete,

    /// <summary>No instance of it could be retrieved.</summary>
    Failed,

    /// <summary>The job was stopped or cancelled before it came to an end with the series. What it saved until then is whole, and counted.</summary>
    Interrupted,
}
