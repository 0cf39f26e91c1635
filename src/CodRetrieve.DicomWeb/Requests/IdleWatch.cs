namespace CodRetrieve.DicomWeb;

/// <summary>Ends a request that makes no progress. Not a limit of the request as a whole.</summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _stop;
    private readonly TimeSpan _limit;

    public IdleWatch(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        _limit = limit;
        _timeout = new CancellationTokenSource(limit, time);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _timeout.Token);
    }

    public CancellationToken Token => _stop.Token;

    public bool HasFired => _timeout.IsCancellationRequested;

    public void Touch() => _timeout.CancelAfter(_limit);

    public void Pause() => _timeout.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _stop.Dispose();
        _timeout.Dispose();
    }
}
