namespace CodRetrieve.Storage;

/// <summary>
/// Distinguishes a store that is down from objects that cannot be read: one after another failing for good, without a byte in between, means
/// the former. Without it, a job of a thousand series would take all its retries a thousand times. Safe for several connections at once.
/// </summary>
internal sealed class OutageDetector(int maxConnections)
{
    private const int MinFailures = 8;

    // Twice round the connections, so that one short outage, which all of them meet at the same time, ends no job.
    private readonly int _maxFailures = Math.Max(MinFailures, 2 * maxConnections);
    private int _failures;

    /// <summary>The store gave what was asked for, or some of it.</summary>
    public void RecordSuccess()
    {
        // Called for every read: written only where there is something to forget.
        if (Volatile.Read(ref _failures) != 0)
        {
            Volatile.Write(ref _failures, 0);
        }
    }

    /// <summary>A request was given up after all its retries.</summary>
    /// <returns>What to throw: the failure itself, or that the store cannot be reached.</returns>
    public ObjectStoreException RecordFailure(ObjectStoreException failure)
    {
        if (failure.Reason != ObjectStoreFailure.Unavailable)
        {
            return failure;
        }

        var failures = Interlocked.Increment(ref _failures);
        return failures < _maxFailures
            ? failure
            : new ObjectStoreException(
                ObjectStoreFailure.Unreachable,
                $"{failures} requests in a row failed, each after all its retries, and nothing came in between. The last one: {failure.Message}",
                failure)
            { StatusCode = failure.StatusCode };
    }
}
