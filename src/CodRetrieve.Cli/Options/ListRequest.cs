namespace CodRetrieve.Cli.Options;

/// <summary>What of a store is listed, and how.</summary>
internal sealed class ListRequest
{
    /// <summary>Whether only some instances are wanted.</summary>
    public bool HasSelection { get; init; }

    public ListLevel Level { get; init; }

    /// <summary>The study behind which the listing begins.</summary>
    public string? After { get; init; }

    public bool Csv { get; init; }

    /// <summary>Whether instances are known, since the indexes are read.</summary>
    public bool HasInstances => HasSelection || Level == ListLevel.Instance;

    /// <summary>What the library is asked for.</summary>
    public StudyListOptions ToOptions(Selection? selection, Action<RetrievalFailure> rejected) => new()
    {
        After = After,
        Selection = selection,
        IncludeInstances = Level == ListLevel.Instance,
        Rejected = rejected,
    };
}
