using System.Runtime.CompilerServices;

namespace CodRetrieve.Catalog;

/// <summary>
/// Lists studies and reads the indexes of their series, several at a time: the one way in which statistics, jobs and verification go through a
/// store. What concerns one study or series is handed to the visitor and hides no other.
/// </summary>
/// <param name="catalog">The store.</param>
/// <param name="studies">The studies, each once.</param>
/// <param name="studiesAtOnce">How many studies are read at a time.</param>
/// <param name="seriesAtOnce">How many series of a study are read at a time.</param>
internal sealed class CatalogEnumeration(CodCatalog catalog, IAsyncEnumerable<string> studies, int studiesAtOnce, int seriesAtOnce) : ICatalogSource
{
    // Together more than a job's connections, so that these wait for the store and not the store for them.
    private const int StudiesAtOnce = 4;
    private const int SeriesAtOnce = 4;

    public static CatalogEnumeration Of(CodCatalog catalog, IAsyncEnumerable<string> studies) => new(catalog, studies, StudiesAtOnce, SeriesAtOnce);

    public static CatalogEnumeration Of(
        CodCatalog catalog, IEnumerable<string> studies, int studiesAtOnce = StudiesAtOnce, int seriesAtOnce = SeriesAtOnce) =>
        new(catalog, Each(studies), studiesAtOnce, seriesAtOnce);

    public Task VisitAsync<TStudy>(ICatalogVisitor<TStudy> visitor, CancellationToken cancellationToken)
        where TStudy : class => Parallel.ForEachAsync(
        Numbered(studies, cancellationToken),
        Options(studiesAtOnce, cancellationToken),
        (study, ct) => VisitStudyAsync(visitor, study, ct));

    private async ValueTask VisitStudyAsync<TStudy>(ICatalogVisitor<TStudy> visitor, StudyRequest study, CancellationToken cancellationToken)
        where TStudy : class
    {
        StudyListing listing;
        try
        {
            listing = await catalog.ListStudyAsync(study.StudyInstanceUid, cancellationToken).ConfigureAwait(false);
        }
        catch (CodRetrieveException e) when (ConcernsOneStudy(e))
        {
            await visitor.StudyFailedAsync(study, e, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (!listing.Exists)
        {
            await visitor.StudyMissingAsync(study, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (await visitor.StudyListedAsync(study, listing, cancellationToken).ConfigureAwait(false) is not { } state)
        {
            return;
        }

        await Parallel.ForEachAsync(
            Enumerable.Range(0, listing.Series.Count),
            Options(seriesAtOnce, cancellationToken),
            async (i, ct) => await visitor.SeriesReadAsync(
                state, i, await catalog.ReadSeriesAsync(listing.Series[i], ct).ConfigureAwait(false), ct).ConfigureAwait(false)).ConfigureAwait(false);
        await visitor.StudyReadAsync(state, cancellationToken).ConfigureAwait(false);
    }

    // "Not found" is the bucket: a study that does not exist lists as empty.
    private static bool ConcernsOneStudy(CodRetrieveException failure) =>
        failure is not ObjectStoreException { IsFatal: true } and not ObjectStoreException { Reason: ObjectStoreFailure.NotFound };

    private static async IAsyncEnumerable<StudyRequest> Numbered(IAsyncEnumerable<string> studies, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var position = 0;
        await foreach (var study in studies.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return new StudyRequest(position++, study);
        }
    }

#pragma warning disable CS1998 // Nothing to wait for: the studies are there.
    private static async IAsyncEnumerable<string> Each(IEnumerable<string> studies)
#pragma warning restore CS1998
    {
        foreach (var study in studies)
        {
            yield return study;
        }
    }

    private static ParallelOptions Options(int atOnce, CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
}
