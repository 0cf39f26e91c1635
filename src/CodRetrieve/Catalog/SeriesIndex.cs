namespace CodRetrieve.Catalog;

/// <summary>What a series' <c>metadata.json</c> lists.</summary>
/// <param name="Instances">The instances that can be asked for, in the index's order.</param>
/// <param name="Problems">One for each entry that cannot be asked for.</param>
internal sealed record SeriesIndex(IReadOnlyList<InstanceInfo> Instances, IReadOnlyList<CodFormatException> Problems)
{
    /// <summary>What the tags of one instance say of the series; <see langword="null"/> where that was not asked for, or none has tags.</summary>
    public SeriesAttributes? Attributes { get; init; }
}
