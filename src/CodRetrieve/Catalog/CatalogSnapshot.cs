namespace CodRetrieve.Catalog;

/// <summary>
/// What a store held of some studies when it was read: gathered beside another visitor's work, given again later without a request. Safe for
/// use by several callers at once while it is recorded; visited by one.
/// </summary>
internal sealed class CatalogSnapshot : ICatalogSource
{
    private readonly object _lock = new();
    private readonly SortedDictionary<int, RecordedStudy> _studies = [];

    public void AddMissing(StudyRequest study) => Add(new RecordedStudy(study, null, null, []));

    public void AddFailed(StudyRequest study, CodRetrieveException cause) => Add(new RecordedStudy(study, null, cause, []));

    public void Add(StudyRequest study, StudyListing listing, IReadOnlyList<SeriesContent> series) => Add(new RecordedStudy(study, listing, null, series));

    public async Task VisitAsync<TStudy>(ICatalogVisitor<TStudy> visitor, CancellationToken cancellationToken)
        where TStudy : class
    {
        foreach (var recorded in _studies.Values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (recorded.Cause is { } cause)
            {
                await visitor.StudyFailedAsync(recorded.Study, cause, cancellationToken).ConfigureAwait(false);
            }
            else if (recorded.Listing is not { } listing)
            {
                await visitor.StudyMissingAsync(recorded.Study, cancellationToken).ConfigureAwait(false);
            }
            else if (await visitor.StudyListedAsync(recorded.Study, listing, cancellationToken).ConfigureAwait(false) is { } state)
            {
                for (var i = 0; i < recorded.Series.Count; i++)
                {
                    await visitor.SeriesListedAsync(state, recorded.Series[i].Listing, cancellationToken).ConfigureAwait(false);
                    await visitor.SeriesReadAsync(state, i, recorded.Series[i], cancellationToken).ConfigureAwait(false);
                }

                await visitor.StudyReadAsync(state, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void Add(RecordedStudy study)
    {
        lock (_lock)
        {
            _studies.Add(study.Study.Position, study);
        }
    }

    private sealed record RecordedStudy(StudyRequest Study, StudyListing? Listing, CodRetrieveException? Cause, IReadOnlyList<SeriesContent> Series);
}
