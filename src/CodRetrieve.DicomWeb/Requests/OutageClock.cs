namespace CodRetrieve.DicomWeb;

/// <summary>How long a receiver has given no usable response, over all requests. Safe for use by several threads.</summary>
internal sealed class OutageClock(StowSaveHandlerOptions options)
{
    private readonly object _gate = new();
    private long? _downSince;

    public void Responded()
    {
        TimeSpan down;
        lock (_gate)
        {
            if (_downSince is not { } since)
            {
                return;
            }

            down = options.TimeProvider.GetElapsedTime(since);
            _downSince = null;
        }

        DeliveryLog.ReceiverResponded(options.Logger, options.Receiver, Math.Round(down.TotalSeconds, 3));
    }

    /// <summary>Waits before another attempt.</summary>
    /// <param name="receiver">The receiver, for the message.</param>
    /// <param name="attempt">The number of attempts so far.</param>
    /// <param name="retryAfter">How long the receiver asks to wait.</param>
    /// <param name="cause">Why there is another attempt.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DestinationException">The receiver has been down for longer than is waited.</exception>
    public async Task WaitAsync(string receiver, int attempt, TimeSpan? retryAfter, Exception? cause, CancellationToken cancellationToken)
    {
        TimeSpan left;
        lock (_gate)
        {
            _downSince ??= options.TimeProvider.GetTimestamp();
            left = options.MaxOutage - options.TimeProvider.GetElapsedTime(_downSince.Value);
        }

        if (left <= TimeSpan.Zero || retryAfter > left)
        {
            throw new DestinationException(
                DestinationFailure.Unreachable,
                $"{receiver} has been down or overloaded for {(options.MaxOutage - left).TotalSeconds:0} s{(retryAfter is { } wait ? $", and asks to wait for {wait.TotalSeconds:0} s" : "")} (MaxOutage is {options.MaxOutage.TotalSeconds:0} s). Run again when it works: what was acknowledged is not sent again.",
                cause);
        }

        var delay = Backoff(attempt);
        delay = retryAfter > delay ? retryAfter.Value : delay;
        delay = delay < left ? delay : left;
        DeliveryLog.ReceiverAwaited(options.Logger, receiver, attempt, delay, cause?.Message);
        await Task.Delay(delay, options.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a request again as long as no response comes.</summary>
    /// <exception cref="DestinationException">The receiver has been down for longer than is waited.</exception>
    public async Task<T> RetryAsync<T>(string receiver, Func<Task<T>> request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await request().ConfigureAwait(false);
            }
            catch (ReceiverUnavailableException e)
            {
                await WaitAsync(receiver, attempt, e.RetryAfter, e, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The wait before an attempt that has nothing to do with an outage.</summary>
    public TimeSpan Backoff(int attempt)
    {
        var factor = Math.Pow(2, Math.Clamp(attempt - 1, 0, 20));
        return options.RetryDelay * factor < options.MaxRetryDelay ? options.RetryDelay * factor : options.MaxRetryDelay;
    }
}
