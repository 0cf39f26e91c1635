namespace CodRetrieve.Catalog;

/// <summary>The series of one study, as a listing shows them.</summary>
/// <param name="StudyInstanceUid">The study.</param>
/// <param name="Series">Its series in the order of their names; none where the study does not exist.</param>
/// <param name="Problems">One for each series whose name cannot be that of a folder.</param>
internal sealed record StudyListing(string StudyInstanceUid, IReadOnlyList<SeriesListing> Series, IReadOnlyList<CodFormatException> Problems)
{
    public bool Exists => Series.Count > 0 || Problems.Count > 0;
}
