namespace CodRetrieve.Dimse;

/// <summary>How long an archive could not be reached, over all associations. Safe for use by several threads.</summary>
internal sealed class ArchiveOutage(DimseAddress address, DimseSaveOptions options)
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private bool _wasReached;
    private long? _downSince;

    /// <summary>There is an association.</summary>
    public void Reached()
    {
        lock (_gate)
        {
            _wasReached = true;
            _downSince = null;
        }
    }

    /// <summary>Waits before another attempt.</summary>
    /// <exception cref="DestinationException">The archive has been down for longer than is waited.</exception>
    public async Task WaitAsync(int attempt, AssociationException cause, CancellationToken cancellationToken)
    {
        TimeSpan left;
        bool wasReached;
        lock (_gate)
        {
            _downSince ??= options.TimeProvider.GetTimestamp();
            wasReached = _wasReached;
            left = (wasReached ? options.MaxOutage : options.MaxInitialOutage) - options.TimeProvider.GetElapsedTime(_downSince.Value);
        }

        if (left <= TimeSpan.Zero)
        {
            throw new DestinationException(
                DestinationFailure.Unreachable,
                wasReached
                    ? $"{address}: {cause.Message}. It was waited for {options.MaxOutage.TotalSeconds:0} s (MaxOutage). Run again when it works: what has a receipt is not sent again."
                    : $"{address}: {cause.Message}. It was never reached, and waited for {options.MaxInitialOutage.TotalSeconds:0} s (MaxInitialOutage).",
                cause);
        }

        var delay = Pause(attempt, options);
        delay = delay < left ? delay : left;
        Log.ArchiveDown(options.Logger, address.ToString(), attempt, delay, cause.Message);
        await Task.Delay(delay, options.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The wait after an attempt.</summary>
    public static TimeSpan Delay(int attempt, DimseSaveOptions options) =>
        TimeSpan.FromTicks(Math.Min(options.RetryDelay.Ticks << Math.Min(attempt - 1, 20), MaxDelay.Ticks));

    /// <summary>The same for waits that only the time ends: even where attempts follow each other at once, these do not.</summary>
    public static TimeSpan Pause(int attempt, DimseSaveOptions options) => Delay(attempt, options) is var delay && delay > MinDelay ? delay : MinDelay;
}
