namespace CodRetrieve.Storage;

/// <summary>
/// Distinguishes a store that is down from objects that cannot be read. While it gives nothing to anybody it is taken to be down, which is waited out;
/// if requests are given up one after another all the same, without a byte in between, the job ends: without that, a job of a thousand
/// series would take all its retries a thousand times. And distinguishes credentials without any permission from objects that are forbidden, when
/// others were given. Safe for several connections at once.
/// </summary>
/// <param name="budget">How many requests fail at the same time, in an outage.</param>
/// <param name="time">The clock.</param>
internal sealed class OutageDetector(RequestBudget budget, TimeProvider time)
{
    private const int MinFailures = 8;
    private const int Forbidden = 403;

    private readonly object _lock = new();
    private int _failures;
    private int _recoveries;
    private long _downSince;
    private volatile bool _isDown;
    private volatile bool _hasSucceeded;

    /// <summary>How often the store gave something again after it had failed.</summary>
    public int Recoveries => Volatile.Read(ref _recoveries);

    /// <summary>How long the store has given nothing, since it failed for the first time; zero while it gives.</summary>
    public TimeSpan Duration
    {
        get
        {
            lock (_lock)
            {
                return _isDown ? time.GetElapsedTime(_downSince) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>The store gave what was asked for, or some of it.</summary>
    public void RecordSuccess()
    {
        // Called for every read: written only where there is something to change.
        if (!_hasSucceeded)
        {
            _hasSucceeded = true;
        }

        if (_isDown)
        {
            lock (_lock)
            {
                _isDown = false;
                _recoveries++;
            }
        }

        if (Volatile.Read(ref _failures) != 0)
        {
            Volatile.Write(ref _failures, 0);
        }
    }

    /// <summary>An attempt failed, and may be followed by another.</summary>
    public void RecordAttempt(ObjectStoreException failure)
    {
        // What came but was wrong is no outage.
        if (failure.Reason != ObjectStoreFailure.Unavailable)
        {
            return;
        }

        lock (_lock)
        {
            if (!_isDown)
            {
                _downSince = time.GetTimestamp();
                _isDown = true;
            }
        }
    }

    /// <summary>A request was given up after all its retries.</summary>
    /// <returns>What to throw: the failure itself, that the store cannot be reached, or that only this object is forbidden.</returns>
    public ObjectStoreException RecordFailure(ObjectStoreException failure)
    {
        if (failure.Reason == ObjectStoreFailure.Forbidden && _hasSucceeded && failure.StatusCode == Forbidden)
        {
            return new ObjectStoreException(ObjectStoreFailure.ObjectForbidden, failure.Message, failure) { StatusCode = failure.StatusCode };
        }

        if (failure.Reason != ObjectStoreFailure.Unavailable)
        {
            return failure;
        }

        var failures = Interlocked.Increment(ref _failures);
        // Twice round the connections, so that one short outage, which all of them meet at the same time, ends no job.
        return failures < Math.Max(MinFailures, 2 * budget.Limit)
            ? failure
            : new ObjectStoreException(
                ObjectStoreFailure.Unreachable,
                $"{failures} requests in a row failed, each after all its retries, and nothing came in between. The last one: {failure.Message}",
                failure)
            { StatusCode = failure.StatusCode };
    }
}
