using CodRetrieve.Catalog;
using CodRetrieve.Planning;
using CodRetrieve.Saving;
using CodRetrieve.Selecting;
using CodRetrieve.Storage;
using CodRetrieve.Transfer;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Jobs;

/// <summary>What the parts of one running job share.</summary>
internal sealed class JobContext : IDisposable
{
    private readonly CancellationTokenSource _ending;
    private Exception? _fatal;

    public JobContext(ObjectReader objects, CodCatalog catalog, ISaveHandler handler, JobControl control, CodDownloadOptions options, JobTally tally, ILogger logger, CancellationToken cancellationToken)
    {
        Objects = objects;
        Catalog = catalog;
        Handler = handler;
        Control = control;
        Options = options;
        Tally = tally;
        Logger = logger;
        Queue = new WorkQueue<SeriesRun>(() => objects.Budget.Limit);
        ReadAhead = new ReadAhead(objects.Budget);
        Prefetch = new TarPrefetch(objects, tally.AddWireBytes);
        Space = new DiskSpaceGuard(InnermostHandler.Of(handler) as IDiskSpace, tally);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, control.Cancelled);
    }

    public ObjectReader Objects { get; }

    public CodCatalog Catalog { get; }

    public ISaveHandler Handler { get; }

    public JobControl Control { get; }

    public required JobEvents Events { get; init; }

    /// <summary>Whether somebody wants to know each instance that is saved already.</summary>
    public bool WantsSkipped { get; init; }

    /// <summary>What is selected of the studies; <see langword="null"/> for all.</summary>
    public SelectionPlan? Selection { get; init; }

    public CodDownloadOptions Options { get; }

    public ILogger Logger { get; }

    public WorkQueue<SeriesRun> Queue { get; }

    public ReadAhead ReadAhead { get; }

    public TarPrefetch Prefetch { get; }

    public JobTally Tally { get; }

    public DiskSpaceGuard Space { get; }

    /// <summary>Ends everything the job does: the caller cancelled, or <see cref="End"/> was called.</summary>
    public CancellationToken Ending => _ending.Token;

    public Exception? FatalException => Volatile.Read(ref _fatal);

    /// <summary>Ends the job because nothing more can succeed. The first cause counts.</summary>
    public void End(Exception cause)
    {
        Interlocked.CompareExchange(ref _fatal, cause, null);

        // Also for a later cause: it must not find the job running while the first one is still on its way to this line.
        _ending.Cancel();
    }

    /// <summary>Ends the job if one of its parts fails, so that none waits for what no longer comes.</summary>
    public async Task OrEndAsync(Task part)
    {
        try
        {
            await part.ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !Ending.IsCancellationRequested)
        {
            End(e);
            throw;
        }
    }

    /// <summary>Ends the job, by throwing, when a failure means that nothing more can succeed.</summary>
    public void ThrowIfFatal(Exception cause)
    {
        if (cause is DestinationException or ObjectStoreException { IsFatal: true })
        {
            End(cause);
            Ending.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask AddStudyFailureAsync(string study, Exception cause)
    {
        ThrowIfFatal(cause);
        var failure = RetrievalFailure.OfStudy(Catalog.GetUri(study), study, cause);
        Tally.AddStudyFailure(failure);
        await Events.AddAsync(new JobErrorEventArgs(failure)).ConfigureAwait(false);
    }

    public void Dispose()
    {
        Queue.Dispose();
        _ending.Dispose();
    }
}
