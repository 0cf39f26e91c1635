using CodRetrieve.Catalog;
using CodRetrieve.Planning;
using CodRetrieve.Saving;

namespace CodRetrieve.Jobs;

/// <summary>Compares studies with a destination without fetching anything of them.</summary>
/// <param name="catalog">The store.</param>
/// <param name="destination">What may hold some of it; <see langword="null"/> for nothing.</param>
/// <param name="snapshot">Receives what is read, for a job that will use it; <see langword="null"/> where none will.</param>
internal sealed class StatsReader(CodCatalog catalog, ISaveHandler? destination, CatalogSnapshot? snapshot) : ICatalogVisitor<StatsReader.StudyReading>
{
    private readonly object _lock = new();
    private readonly SortedDictionary<int, StudyStats> _studies = [];
    private LeftOutCount _leftOut;

    /// <summary>What is gathered of a study while its series are read.</summary>
    internal sealed record StudyReading(StudyRequest Request, StudyListing Listing)
    {
        public SeriesStats?[] Stats { get; } = new SeriesStats?[Listing.Series.Count];

        // Those that are left out have none.
        public SeriesContent?[] Series { get; } = new SeriesContent?[Listing.Series.Count];
    }

    /// <summary>Reads all studies of a source.</summary>
    /// <returns>The statistics, in the order of the studies.</returns>
    public async Task<DownloadStats> ReadAsync(ICatalogSource source, CancellationToken cancellationToken)
    {
        await source.VisitAsync(this, cancellationToken).ConfigureAwait(false);
        var studies = _studies.Values;
        return new DownloadStats(
            [.. studies.SelectMany(study => study.Series)],
            [.. studies.Where(study => study.IsMissing).Select(study => study.StudyInstanceUid)],
            [.. studies.SelectMany(study => study.Failures)])
        {
            LeftOut = _leftOut,
        };
    }

    public ValueTask StudyMissingAsync(StudyRequest study, CancellationToken cancellationToken)
    {
        snapshot?.AddMissing(study);
        return Add(study, new StudyStats(study.StudyInstanceUid, [], [], IsMissing: true));
    }

    public ValueTask StudyFailedAsync(StudyRequest study, CodRetrieveException cause, CancellationToken cancellationToken)
    {
        snapshot?.AddFailed(study, cause);
        return Add(study, new StudyStats(study.StudyInstanceUid, [], [Failure(study, cause)], IsMissing: false));
    }

    public ValueTask<StudyReading?> StudyListedAsync(StudyRequest study, StudyListing listing, CancellationToken cancellationToken)
    {
        AddLeftOut(new LeftOutCount(listing.LeftOut.Count, 0, 0));
        return ValueTask.FromResult<StudyReading?>(new StudyReading(study, listing));
    }

    public async ValueTask SeriesReadAsync(StudyReading study, int position, SeriesContent content, CancellationToken cancellationToken)
    {
        var delta = await SeriesDelta.CreateAsync(content, destination?.FindSaved(), null, cancellationToken).ConfigureAwait(false);
        study.Stats[position] = delta.ToStats(keepsInstances: true);
        study.Series[position] = content;
    }

    public ValueTask SeriesLeftOutAsync(StudyReading study, SeriesContent content, CancellationToken cancellationToken)
    {
        AddLeftOut(content.ToLeftOut());
        return ValueTask.CompletedTask;
    }

    public ValueTask StudyReadAsync(StudyReading study, CancellationToken cancellationToken)
    {
        snapshot?.Add(study.Request, study.Listing, [.. study.Series.OfType<SeriesContent>()]);
        var failures = study.Listing.Problems.Select(problem => Failure(study.Request, problem));
        return Add(study.Request, new StudyStats(study.Request.StudyInstanceUid, [.. study.Stats.OfType<SeriesStats>()], [.. failures], IsMissing: false));
    }

    private void AddLeftOut(LeftOutCount count)
    {
        lock (_lock)
        {
            _leftOut = _leftOut.Plus(count);
        }
    }

    private ValueTask Add(StudyRequest request, StudyStats study)
    {
        lock (_lock)
        {
            _studies.Add(request.Position, study);
        }

        return ValueTask.CompletedTask;
    }

    private RetrievalFailure Failure(StudyRequest study, Exception cause) =>
        RetrievalFailure.OfStudy(catalog.GetUri(study.StudyInstanceUid), study.StudyInstanceUid, cause);

    private sealed record StudyStats(string StudyInstanceUid, IReadOnlyList<SeriesStats> Series, IReadOnlyList<RetrievalFailure> Failures, bool IsMissing);
}
