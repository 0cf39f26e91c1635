namespace CodRetrieve.Saving;

/// <summary>A save handler that completes several studies at the same time; others complete one after the other.</summary>
internal interface IConcurrentCompletions
{
    /// <summary>How many studies are completed at the same time at most.</summary>
    int MaxCompletions { get; }
}
