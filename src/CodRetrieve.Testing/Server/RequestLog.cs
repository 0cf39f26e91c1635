namespace CodRetrieve.Testing;

/// <summary>The requests in the order of their arrival, and those who wait for one.</summary>
internal sealed class RequestLog
{
    private readonly Gate _gate = new();
    private readonly List<RecordedRequest> _requests = [];
    private readonly List<Waiter> _waiters = [];
    private volatile bool _hasWaiters;

    public IReadOnlyList<RecordedRequest> Snapshot()
    {
        lock (_gate)
        {
            return _requests.ToArray();
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _requests.Clear();
        }
    }

    public void Add(RecordedRequest request)
    {
        lock (_gate)
        {
            _requests.Add(request);
        }

        Changed(request);
    }

    /// <summary>Notifies the waiters that a request has changed; costs one volatile read when nobody waits.</summary>
    public void Changed(RecordedRequest request)
    {
        if (!_hasWaiters)
        {
            return;
        }

        List<Waiter> met;
        lock (_gate)
        {
            met = _waiters.FindAll(waiter => waiter.Predicate(request));
            _waiters.RemoveAll(met.Contains);
            _hasWaiters = _waiters.Count > 0;
        }

        met.ForEach(waiter => waiter.Source.TrySetResult(request));
    }

    public async Task<RecordedRequest> WaitAsync(Func<RecordedRequest, bool> predicate, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(predicate, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            // The flag goes up before the look at the log: a change made meanwhile is either seen here or comes to the waiter.
            _hasWaiters = true;
            _waiters.Add(waiter);
        }

        foreach (var request in Snapshot())
        {
            if (predicate(request))
            {
                waiter.Source.TrySetResult(request);
            }
        }

        try
        {
            return await waiter.Source.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _waiters.Remove(waiter);
                _hasWaiters = _waiters.Count > 0;
            }
        }
    }

    private sealed record Waiter(Func<RecordedRequest, bool> Predicate, TaskCompletionSource<RecordedRequest> Source);
}
