using System.Runtime.CompilerServices;

namespace CodRetrieve.Catalog;

/// <summary>
/// Lists studies and reads the indexes of their series, several at a time: the one way in which statistics, jobs and verification go through a
/// store. What concerns one study or series is handed to the visitor and hides no other.
/// </summary>
/// <param name="catalog">The store.</param>
/// <param name="studies">The studies, each once.</param>
/// <param name="studiesAtOnce">How many studies are read at a time.</param>
/// <param name="seriesAtOnce">How many series are read at a time, of one study or of several.</param>
internal sealed class CatalogEnumeration(CodCatalog catalog, IAsyncEnumerable<string> studies, int studiesAtOnce, int seriesAtOnce) : ICatalogSource
{
    // What reads few bytes over many round trips needs as many requests in flight as there may be; below that, enough to stay ahead of the transfer.
    private const int MinStudiesAtOnce = 4;
    private const int MinSeriesAtOnce = 16;

    /// <summary>Reads as many at a time as keep a number of connections busy.</summary>
    public static CatalogEnumeration Of(CodCatalog catalog, IAsyncEnumerable<string> studies, int connections) =>
        new(catalog, studies, Math.Max(MinStudiesAtOnce, connections / 2), Math.Max(MinSeriesAtOnce, connections));

    /// <inheritdoc cref="Of(CodCatalog, IAsyncEnumerable{string}, int)"/>
    public static CatalogEnumeration Of(CodCatalog catalog, IEnumerable<string> studies, int connections) => Of(catalog, Each(studies), connections);

    /// <summary>Reads given numbers of them at a time.</summary>
    public static CatalogEnumeration Of(CodCatalog catalog, IEnumerable<string> studies, int studiesAtOnce, int seriesAtOnce) =>
        new(catalog, Each(studies), studiesAtOnce, seriesAtOnce);

    public async Task VisitAsync<TStudy>(ICatalogVisitor<TStudy> visitor, CancellationToken cancellationToken)
        where TStudy : class
    {
        using var places = new SemaphoreSlim(seriesAtOnce);
        await Parallel.ForEachAsync(
            Numbered(studies, cancellationToken),
            Options(studiesAtOnce, cancellationToken),
            (study, ct) => VisitStudyAsync(visitor, study, places, ct)).ConfigureAwait(false);
    }

    private async ValueTask VisitStudyAsync<TStudy>(ICatalogVisitor<TStudy> visitor, StudyRequest study, SemaphoreSlim places, CancellationToken cancellationToken)
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
            (i, ct) => VisitSeriesAsync(visitor, state, i, listing.Series[i], places, ct)).ConfigureAwait(false);
        await visitor.StudyReadAsync(state, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask VisitSeriesAsync<TStudy>(
        ICatalogVisitor<TStudy> visitor, TStudy state, int position, SeriesListing series, SemaphoreSlim places, CancellationToken cancellationToken)
        where TStudy : class
    {
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var content = await catalog.ReadSeriesAsync(series, cancellationToken).ConfigureAwait(false);
            await visitor.SeriesReadAsync(state, position, content, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            places.Release();
        }
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
