namespace CodRetrieve.Catalog;

/// <summary>The series of one study, as a listing shows them.</summary>
/// <param name="StudyInstanceUid">The study.</param>
/// <param name="Series">Its series in the order of their names; none where the study does not exist.</param>
/// <param name="Problems">One for each series whose name cannot be that of a folder.</param>
internal sealed record StudyListing(string StudyInstanceUid, IReadOnlyList<SeriesListing> Series, IReadOnlyList<CodFormatException> Problems)
{
    /// <summary>The Series Instance UIDs of the series that are not selected, and not among <see cref="Series"/>.</summary>
    public IReadOnlyCollection<string> LeftOut { get; init; } = [];

    public bool Exists => Series.Count > 0 || Problems.Count > 0 || LeftOut.Count > 0;

    /// <summary>Returns the study with some of its series left out.</summary>
    public StudyListing Select(Func<SeriesInfo, bool> isWanted)
    {
        var parts = Series.ToLookup(series => isWanted(series.Series));
        return this with { Series = [.. parts[true]], LeftOut = [.. parts[false].Select(static series => series.Series.SeriesInstanceUid)] };
    }
}
