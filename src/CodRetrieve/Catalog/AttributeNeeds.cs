namespace CodRetrieve.Catalog;

/// <summary>What is read of the attributes in an index. Immutable; what nobody needs is passed over.</summary>
internal sealed record AttributeNeeds
{
    /// <summary>Whether <see cref="SeriesIndex.Attributes"/> are read, off the first instance that has attributes.</summary>
    public bool OfSeries { get; init; }

    /// <summary>Whether the Instance Number of each instance is read.</summary>
    public bool InstanceNumbers { get; init; }

    /// <summary>The tags whose attributes stay with each instance; see <see cref="InstanceInfo.GetAttributes"/>.</summary>
    public IReadOnlyCollection<uint> Kept { get; init; } = [];

    /// <summary>Those of the attributes that identify people, and that a store with hashed UIDs must not give away.</summary>
    public IReadOnlyList<string> Identifying { get; init; } = [];

    /// <summary>Which instances are wanted; <see langword="null"/> for all.</summary>
    public IInstanceCondition? Condition { get; init; }

    /// <summary>Whether instances that do not meet the condition may be wanted all the same, because others of their series or study do.</summary>
    public bool MayWiden { get; init; }

    /// <summary>Whether instances are judged one by one, see <see cref="SeriesIndex.Judgements"/>.</summary>
    public bool Judges => Condition is not null || InstanceNumbers;

    /// <summary>Whether the attributes of each instance are needed.</summary>
    public bool OfInstances => InstanceNumbers || Kept.Count > 0 || Condition is { NeedsAttributes: true };
}
