namespace CodRetrieve.Catalog;

/// <summary>What a series' <c>metadata.json</c> lists. Immutable.</summary>
/// <param name="Series">The series with the instances that can be requested, in the index's order.</param>
/// <param name="Problems">One for each entry that cannot be requested.</param>
internal sealed record SeriesIndex(SeriesInfo Series, IReadOnlyList<CodFormatException> Problems)
{
    public IReadOnlyList<InstanceInfo> Instances => Series.Instances;

    /// <summary>Whether its UIDs are hashed, unlike those in its attributes.</summary>
    public bool IsHashed { get; init; }

    /// <summary>What the tags of one instance say of the series; <see langword="null"/> where none has tags.</summary>
    public SeriesAttributes? Attributes { get; init; }

    /// <summary>What was found out of each of <see cref="Instances"/> for its selection; <see langword="null"/> where nothing was to be.</summary>
    public IReadOnlyList<InstanceJudgement>? Judgements { get; init; }
}
