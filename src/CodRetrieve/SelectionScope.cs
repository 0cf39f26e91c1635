namespace CodRetrieve;

/// <summary>What a selected instance takes with it.</summary>
public enum SelectionScope
{
    /// <summary>Nothing: the selection is what meets the condition.</summary>
    Instance,

    /// <summary>All instances of its series.</summary>
    Series,

    /// <summary>All instances of its study, of those series that are not left out by <see cref="Selection.Series"/>.</summary>
    Study,
}
