namespace CodRetrieve.Catalog;

/// <summary>One series with its index read, or the reason why it cannot be retrieved. Immutable.</summary>
/// <param name="Listing">The series' objects.</param>
/// <param name="Index">What the index lists; <see langword="null"/> where there is none or it cannot be read.</param>
/// <param name="Failure">Why nothing of the series can be fetched; <see langword="null"/> where something can.</param>
/// <param name="Problem">The kind of <paramref name="Failure"/>.</param>
internal sealed record SeriesContent(SeriesListing Listing, SeriesIndex? Index, CodRetrieveException? Failure, SeriesProblem Problem)
{
    public SeriesInfo Series => Index?.Series ?? Listing.Series;

    /// <summary>The instances of the index that are selected; all of them by default.</summary>
    public IReadOnlyList<InstanceInfo> Selected { get; init; } = Index?.Instances ?? [];

    /// <summary>How many instances have attributes that do not tell whether they are selected.</summary>
    public int InstancesUndecided { get; init; }

    /// <summary>How many instances of the index are not selected.</summary>
    public int InstancesNotSelected => Series.Instances.Count - Selected.Count;

    /// <summary>The series as one of which nothing is selected.</summary>
    public LeftOutCount ToLeftOut() => new(1, Series.Instances.Count, InstancesUndecided);

    /// <summary>Whether nothing of the series is selected, and that is certain.</summary>
    public bool IsLeftOut => InstancesNotSelected > 0 && Selected.Count == 0 && Index is { Problems.Count: 0 };
}
