namespace CodRetrieve.Catalog;

/// <summary>Makes what a listing gives to users out of what the catalog has read.</summary>
internal static class ListedStudies
{
    /// <summary>Returns a study of which only the listing was read.</summary>
    public static ListedStudy Of(StudyListing listing, CodCatalog catalog) => Of(listing, catalog, [.. listing.Series.Select(series => Of(series, catalog))]);

    /// <summary>Returns a study with the series that are left of it.</summary>
    public static ListedStudy Of(StudyListing listing, CodCatalog catalog, IReadOnlyList<ListedSeries> series) => new()
    {
        StudyInstanceUid = listing.StudyInstanceUid,
        Series = series,
        SeriesNotSelected = listing.LeftOut.Count,
        Failures = [.. listing.Problems.Select(problem => RetrievalFailure.OfStudy(catalog.GetUri(listing.StudyInstanceUid), listing.StudyInstanceUid, problem))],
    };

    /// <summary>Returns a series of which the index was read.</summary>
    /// <param name="content">The series.</param>
    /// <param name="keepsInstances">Whether its instances stay.</param>
    public static ListedSeries Of(SeriesContent content, bool keepsInstances) => Of(content.Listing, content.Failure, content.Problem) with
    {
        InstanceCount = content.Index is null ? null : content.Selected.Count,
        InstanceBytes = content.Index is null ? null : content.Selected.Sum(static instance => instance.SizeBytes ?? 0),
        InstancesNotSelected = content.InstancesNotSelected,
        InstancesUndecided = content.InstancesUndecided,
        Instances = keepsInstances ? content.Selected : [],
        EntryProblems = content.Index is { Problems: { Count: > 0 } problems } ? [.. problems.Select(static problem => problem.Message)] : [],
    };

    private static ListedSeries Of(SeriesListing listing, CodCatalog catalog)
    {
        var (failure, problem) = catalog.FindProblem(listing);
        return Of(listing, failure, problem);
    }

    private static ListedSeries Of(SeriesListing listing, CodRetrieveException? failure, SeriesProblem problem) => new()
    {
        SeriesInstanceUid = listing.Series.SeriesInstanceUid,
        TarUri = listing.Series.TarUri,
        TarBytes = listing.Tar?.SizeBytes,
        TarStorageClass = listing.Tar?.StorageClass,
        UpdatedAt = listing.Tar?.UpdatedAt > listing.Index?.UpdatedAt ? listing.Tar.UpdatedAt : listing.Index?.UpdatedAt ?? listing.Tar?.UpdatedAt,
        Problem = problem,
        ProblemCause = failure,
        Warnings = listing.Warnings,
    };
}
