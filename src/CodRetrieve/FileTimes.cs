namespace CodRetrieve;

/// <summary>Which time saved files, and the entries of zips, get.</summary>
public enum FileTimes
{
    /// <summary>Files have the time at which they were written; entries of zips have none (1 January 1980).</summary>
    Saved,

    /// <summary>The time at which the series' tar was last written in the store, where the store says it.</summary>
    Tar,

    /// <summary>The time at which the series' index was last written in the store, where the store says it.</summary>
    Index,
}
