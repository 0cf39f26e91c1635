using CodRetrieve.Catalog;
using CodRetrieve.Planning;
using CodRetrieve.Saving;
using CodRetrieve.Storage;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Jobs;

/// <summary>What the parts of one running job share.</summary>
internal sealed class JobContext : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private Exception? _stopCause;

    public JobContext(ObjectReader objects, CodCatalog catalog, ISaveHandler handler, JobEvents events, int connections, ILogger logger, CancellationToken cancellationToken)
    {
        Objects = objects;
        Catalog = catalog;
        Handler = handler;
        Events = events;
        Connections = connections;
        Logger = logger;
        Queue = new WorkQueue(connections);
        Space = new DiskSpaceGuard(handler as IDestination, Report);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    public ObjectReader Objects { get; }

    public CodCatalog Catalog { get; }

    public ISaveHandler Handler { get; }

    public JobEvents Events { get; }

    public int Connections { get; }

    public ILogger Logger { get; }

    public required TimeProvider Time { get; init; }

    public WorkQueue Queue { get; }

    public JobReport Report { get; } = new();

    public DiskSpaceGuard Space { get; }

    public JobTotals Totals { get; } = new();

    /// <summary>Ends everything the job does: the caller's cancelling, or <see cref="Stop"/>.</summary>
    public CancellationToken Stopping => _stop.Token;

    public Exception? FatalException => Volatile.Read(ref _stopCause);

    /// <summary>Ends the job because nothing more can succeed. The first cause counts.</summary>
    public void Stop(Exception cause)
    {
        Interlocked.CompareExchange(ref _stopCause, cause, null);

        // Also for a later cause: it must not find the job running while the first one is still on its way to this line.
        _stop.Cancel();
    }

    /// <summary>Ends the job, by throwing, when a failure means that nothing more can succeed.</summary>
    public void StopIfFatal(Exception cause)
    {
        if (cause is DestinationException or ObjectStoreException { IsFatal: true })
        {
            Stop(cause);
            Stopping.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask FailAsync(SeriesRun run, RetrievalFailure failure)
    {
        run.AddFailure(failure);
        run.Study.AddFailure();
        Totals.AddFailed(failure.InstanceCount);
        await Events.ErrorAsync(failure).ConfigureAwait(false);
    }

    public void Dispose()
    {
        Queue.Dispose();
        _stop.Dispose();
    }
}
