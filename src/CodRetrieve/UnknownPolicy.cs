namespace CodRetrieve;

/// <summary>What becomes of an instance whose attributes do not tell whether it is selected: one is missing, has no value, or cannot be read.</summary>
public enum UnknownPolicy
{
    /// <summary>It is not selected, and counted as undecided.</summary>
    Exclude,

    /// <summary>It is selected, and counted as undecided.</summary>
    Include,

    /// <summary>It fails: the job is not complete.</summary>
    Fail,
}
