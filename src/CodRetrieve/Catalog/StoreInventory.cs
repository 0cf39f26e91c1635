using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace CodRetrieve.Catalog;

/// <summary>
/// Gives the studies of a listing with what their indexes say, in the order of the listing. Several studies are read ahead; a slow consumer, or a study that takes long, keeps more from being
/// listed, so that memory is bounded. For one enumeration.
/// </summary>
/// <param name="catalog">The store.</param>
/// <param name="maxStudies">How many studies there may be between the listing and the consumer.</param>
/// <param name="keepsInstances">Whether instances stay with their series.</param>
internal sealed class StoreInventory(CodCatalog catalog, int maxStudies, bool keepsInstances) : ICatalogVisitor<StoreInventory.StudyReading>
{
    private readonly object _lock = new();
    private readonly Channel<ListedStudy?> _inOrder = Channel.CreateUnbounded<ListedStudy?>();
    private readonly Dictionary<int, ListedStudy?> _early = [];
    private int _next;

    /// <summary>What is gathered of a study while its series are read.</summary>
    internal sealed class StudyReading(StudyRequest request, StudyListing listing)
    {
        public StudyRequest Request => request;

        public StudyListing Listing => listing;

        public ListedSeries?[] Series { get; } = new ListedSeries?[listing.Series.Count];

        public LeftOutCount LeftOut { get; set; }
    }

    /// <summary>Reads the indexes of listed studies.</summary>
    /// <param name="studies">The studies.</param>
    /// <param name="open">Makes the source of what is listed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The studies of which something is selected, or that cannot be read.</returns>
    public async IAsyncEnumerable<ListedStudy> ReadAsync(
        IAsyncEnumerable<StudyListing> studies, Func<IAsyncEnumerable<StudyListing>, ICatalogSource> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var places = new SemaphoreSlim(maxStudies);
        var reading = ReadAllAsync(open(AdmitAsync(studies, places, stop.Token)), stop.Token);
        try
        {
            await foreach (var study in _inOrder.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                places.Release();
                if (study is not null)
                {
                    yield return study;
                }
            }

            await reading.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public ValueTask StudyMissingAsync(StudyRequest study, CancellationToken cancellationToken) => Add(study, null);

    public ValueTask StudyFailedAsync(StudyRequest study, CodRetrieveException cause, CancellationToken cancellationToken) =>
        Add(study, ListedStudies.Of(new StudyListing(study.StudyInstanceUid, [], [new CodFormatException(cause.Message, cause)]), catalog));

    public ValueTask<StudyReading?> StudyListedAsync(StudyRequest study, StudyListing listing, CancellationToken cancellationToken) =>
        ValueTask.FromResult<StudyReading?>(new StudyReading(study, listing));

    public ValueTask SeriesReadAsync(StudyReading study, int position, SeriesContent content, CancellationToken cancellationToken)
    {
        study.Series[position] = ListedStudies.Of(content, keepsInstances);
        return ValueTask.CompletedTask;
    }

    public ValueTask SeriesLeftOutAsync(StudyReading study, SeriesContent content, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            study.LeftOut = study.LeftOut.Plus(content.ToLeftOut());
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask StudyReadAsync(StudyReading study, CancellationToken cancellationToken)
    {
        ListedSeries[] series = [.. study.Series.OfType<ListedSeries>()];
        if (series.Length == 0 && study.Listing.Problems.Count == 0)
        {
            return Add(study.Request, null);
        }

        var listed = ListedStudies.Of(study.Listing, catalog, series);
        return Add(study.Request, listed with
        {
            SeriesNotSelected = listed.SeriesNotSelected + study.LeftOut.Series,
            InstancesNotSelected = study.LeftOut.Instances + series.Sum(static one => one.InstancesNotSelected),
            InstancesUndecided = study.LeftOut.Undecided + series.Sum(static one => one.InstancesUndecided),
        });
    }

    // One after the other, so that the study whose turn it is always has a place.
    private static async IAsyncEnumerable<StudyListing> AdmitAsync(
        IAsyncEnumerable<StudyListing> studies, SemaphoreSlim places, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var study in studies.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            await places.WaitAsync(cancellationToken).ConfigureAwait(false);
            yield return study;
        }
    }

    private async Task ReadAllAsync(ICatalogSource source, CancellationToken cancellationToken)
    {
        try
        {
            await source.VisitAsync(this, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _inOrder.Writer.Complete();
        }
    }

    private ValueTask Add(StudyRequest request, ListedStudy? study)
    {
        lock (_lock)
        {
            _early.Add(request.Position, study);
            while (_early.Remove(_next, out var next))
            {
                _inOrder.Writer.TryWrite(next);
                _next++;
            }
        }

        return ValueTask.CompletedTask;
    }
}
