using System.Runtime.CompilerServices;
using System.Threading.Channels;
using CodRetrieve.IO;

namespace CodRetrieve.Catalog;

/// <summary>
/// Lists studies and reads the indexes of their series, several at a time: the one way in which statistics, jobs and verification go through a
/// store. What concerns one study or series is handed to the visitor and hides no other.
/// </summary>
/// <remarks>
/// Studies are listed ahead, and their series read one study after the other, so that studies also end one after the other. How many requests are in flight is
/// decided elsewhere; here are as many ready as there may ever be.
/// </remarks>
/// <param name="catalog">The store.</param>
/// <param name="studies">The studies, each once.</param>
/// <param name="maxConnections">How many requests there may be in flight at most.</param>
internal sealed class CatalogEnumeration(CodCatalog catalog, IAsyncEnumerable<string> studies, int maxConnections) : ICatalogSource
{
    // Enough to stay ahead also of a single connection.
    private const int MinStudiesListed = 4;
    private const int MinSeriesRead = 16;
    // A visitor may have to look at a disk, which is slower to respond the farther away it is; few, so that studies end in about their order.
    private const int StudiesBegunAtOnce = 8;

    public CatalogEnumeration(CodCatalog catalog, IEnumerable<string> studies, int maxConnections)
        : this(catalog, Each(studies), maxConnections)
    {
    }

    private readonly IAsyncEnumerable<StudyListing>? _listed;

    /// <param name="catalog">The store.</param>
    /// <param name="listed">Studies that were listed already, each once.</param>
    /// <param name="maxConnections">How many requests there may be in flight at most.</param>
    public CatalogEnumeration(CodCatalog catalog, IAsyncEnumerable<StudyListing> listed, int maxConnections)
        : this(catalog, [], maxConnections) => _listed = listed;

    public async Task VisitAsync<TStudy>(ICatalogVisitor<TStudy> visitor, CancellationToken cancellationToken)
        where TStudy : class
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var visit = new Visit<TStudy>(catalog, visitor, maxConnections, ending);
        await (_listed is null ? visit.RunAsync(studies) : visit.RunAsync(_listed)).ConfigureAwait(false);
    }

    /// <summary>Whether a failure to list a study says nothing of the others. "Not found" is the bucket: a study that does not exist lists as empty.</summary>
    public static bool ConcernsOneStudy(CodRetrieveException failure) =>
        failure is not ObjectStoreException { IsFatal: true } and not ObjectStoreException { Reason: ObjectStoreFailure.NotFound };

#pragma warning disable CS1998 // Nothing to wait for: the studies are there.
    private static async IAsyncEnumerable<string> Each(IEnumerable<string> studies)
#pragma warning restore CS1998
    {
        foreach (var study in studies)
        {
            yield return study;
        }
    }

    private sealed class Visit<TStudy>(CodCatalog catalog, ICatalogVisitor<TStudy> visitor, int maxConnections, CancellationTokenSource ending)
        where TStudy : class
    {
        private readonly int _studiesAtOnce = Math.Max(MinStudiesListed, maxConnections / 2);
        private readonly SemaphoreSlim _places = new(Math.Max(MinSeriesRead, maxConnections));
        private readonly TaskGroup _reading = new();

        public Task RunAsync(IAsyncEnumerable<string> studies) => RunAsync(listed => ListAsync(studies, listed));

        public Task RunAsync(IAsyncEnumerable<StudyListing> studies) => RunAsync(listed => PassAsync(studies, listed));

        private async Task RunAsync(Func<ChannelWriter<ListedStudy>, Task> list)
        {
            var listed = Channel.CreateBounded<ListedStudy>(_studiesAtOnce);
            try
            {
                await Task.WhenAll(OrEndAsync(list(listed.Writer)), OrEndAsync(ReadAsync(listed.Reader))).ConfigureAwait(false);
            }
            finally
            {
                _places.Dispose();
            }
        }

        private async Task PassAsync(IAsyncEnumerable<StudyListing> studies, ChannelWriter<ListedStudy> listed)
        {
            var position = 0;
            await foreach (var study in studies.WithCancellation(ending.Token).ConfigureAwait(false))
            {
                await listed.WriteAsync(new ListedStudy(new StudyRequest(position++, study.StudyInstanceUid), study), ending.Token).ConfigureAwait(false);
            }

            listed.Complete();
        }

        private async Task ListAsync(IAsyncEnumerable<string> studies, ChannelWriter<ListedStudy> listed)
        {
            await Parallel.ForEachAsync(
                Numbered(studies, ending.Token),
                new ParallelOptions { MaxDegreeOfParallelism = _studiesAtOnce, CancellationToken = ending.Token },
                async (study, ct) =>
                {
                    if (await ListAsync(study, ct).ConfigureAwait(false) is { } listing)
                    {
                        await listed.WriteAsync(new ListedStudy(study, listing), ct).ConfigureAwait(false);
                    }
                }).ConfigureAwait(false);
            listed.Complete();
        }

        private async Task<StudyListing?> ListAsync(StudyRequest study, CancellationToken cancellationToken)
        {
            try
            {
                var listing = await catalog.ListStudyAsync(study.StudyInstanceUid, cancellationToken).ConfigureAwait(false);
                if (listing.Exists)
                {
                    return listing;
                }

                await visitor.StudyMissingAsync(study, cancellationToken).ConfigureAwait(false);
            }
            catch (CodRetrieveException e) when (ConcernsOneStudy(e))
            {
                await visitor.StudyFailedAsync(study, e, cancellationToken).ConfigureAwait(false);
            }

            return null;
        }

        private async Task ReadAsync(ChannelReader<ListedStudy> listed)
        {
            try
            {
                await Parallel.ForEachAsync(
                    listed.ReadAllAsync(ending.Token),
                    new ParallelOptions { MaxDegreeOfParallelism = StudiesBegunAtOnce, CancellationToken = ending.Token },
                    ReadAsync).ConfigureAwait(false);
            }
            finally
            {
                await _reading.WhenAllAsync().ConfigureAwait(false);
            }
        }

        // Ends when all series are begun.
        private async ValueTask ReadAsync(ListedStudy listed, CancellationToken cancellationToken)
        {
            if (await visitor.StudyListedAsync(listed.Request, listed.Listing, cancellationToken).ConfigureAwait(false) is not { } state)
            {
                return;
            }

            var study = new OpenStudy(state, listed.Listing);
            for (var i = 0; i < study.Listing.Series.Count; i++)
            {
                await visitor.SeriesListedAsync(study.State, study.Listing.Series[i], cancellationToken).ConfigureAwait(false);
                await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
                study.Begin();
                _reading.Add(OrEndAsync(ReadSeriesAsync(study, i)));
            }

            await EndAsync(study).ConfigureAwait(false);
        }

        private async Task ReadSeriesAsync(OpenStudy study, int position)
        {
            try
            {
                var content = await catalog.ReadSeriesAsync(study.Listing.Series[position], ending.Token).ConfigureAwait(false);
                await visitor.SeriesReadAsync(study.State, position, content, ending.Token).ConfigureAwait(false);
                await EndAsync(study).ConfigureAwait(false);
            }
            finally
            {
                _places.Release();
            }
        }

        // The listing, or one of the series.
        private ValueTask EndAsync(OpenStudy study) => study.End() ? visitor.StudyReadAsync(study.State, ending.Token) : ValueTask.CompletedTask;

        // What one part throws ends the others.
        private async Task OrEndAsync(Task part)
        {
            try
            {
                await part.ConfigureAwait(false);
            }
            catch
            {
                await ending.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }

        private static async IAsyncEnumerable<StudyRequest> Numbered(IAsyncEnumerable<string> studies, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var position = 0;
            await foreach (var study in studies.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                yield return new StudyRequest(position++, study);
            }
        }

        private sealed record ListedStudy(StudyRequest Request, StudyListing Listing);

        /// <summary>A study whose series are being read.</summary>
        private sealed class OpenStudy(TStudy state, StudyListing listing)
        {
            private int _open = 1;

            public TStudy State { get; } = state;

            public StudyListing Listing { get; } = listing;

            public void Begin() => Interlocked.Increment(ref _open);

            public bool End() => Interlocked.Decrement(ref _open) == 0;
        }
    }
}
