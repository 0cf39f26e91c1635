namespace CodRetrieve.Storage;

/// <summary>What became of the attempts of one request so far, and whether another one is worth it.</summary>
/// <param name="permit">What the request is made with.</param>
/// <param name="outage">Whether the store gives anything to anybody.</param>
/// <param name="maxRetries">How many retries there are while it does.</param>
/// <param name="maxOutage">How long to wait while it does not.</param>
internal sealed class RetryState(RequestPermit permit, OutageDetector outage, int maxRetries, TimeSpan maxOutage)
{
    private int _failures;
    private int _failuresOfItsOwn;
    private int _recoveries = -1;

    /// <summary>How much longer an outage is waited out.</summary>
    public TimeSpan OutageLeft => maxOutage > outage.Duration ? maxOutage - outage.Duration : TimeSpan.Zero;

    /// <summary>Notes a failure, and says whether to try again.</summary>
    public bool IsWorthAnother(ObjectStoreException failure)
    {
        outage.RecordAttempt(failure);
        permit.AddFailure(failure);
        if (maxRetries == 0)
        {
            return false;
        }

        // While the store gives nothing to anybody, failing says nothing about this request.
        var recoveries = outage.Recoveries;
        if (recoveries != _recoveries || failure.Reason != ObjectStoreFailure.Unavailable)
        {
            _recoveries = recoveries;
            _failuresOfItsOwn++;
        }

        _failures++;
        return _failuresOfItsOwn <= maxRetries && (_failures <= maxRetries || OutageLeft > TimeSpan.Zero);
    }
}
