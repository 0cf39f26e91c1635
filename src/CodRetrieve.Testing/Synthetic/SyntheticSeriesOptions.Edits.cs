namespace CodRetrieve.Testing;

/// <content>What the writer's edit mode does to a series: a later state of the same series, with the same UIDs.</content>
public sealed partial record SyntheticSeriesOptions
{
    /// <summary>The indexes, from 0, of instances whose pixels were rewritten under the same UID with the same size; none by default.</summary>
    public IReadOnlyList<int> EditedInstances { get; init; } = [];

    /// <summary>The indexes, from 0, of instances that were removed; the others keep their UIDs and bytes. None by default.</summary>
    public IReadOnlyList<int> RemovedInstances { get; init; } = [];
}
