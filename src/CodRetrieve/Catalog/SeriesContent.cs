namespace CodRetrieve.Catalog;

/// <summary>One series with its index read, or the reason why it cannot be retrieved. Immutable.</summary>
/// <param name="Listing">The series' objects.</param>
/// <param name="Index">What the index lists; <see langword="null"/> where there is none or it cannot be read.</param>
/// <param name="Failure">Why nothing of the series can be fetched; <see langword="null"/> where something can.</param>
/// <param name="Problem">The kind of <paramref name="Failure"/>.</param>
internal sealed record SeriesContent(SeriesListing Listing, SeriesIndex? Index, CodRetrieveException? Failure, SeriesProblem Problem)
{
    public SeriesInfo Series => Index?.Series ?? Listing.Series;
}
