namespace CodRetrieve.Storage;

/// <summary>
/// Keeps all connections of a job, or of several jobs, together below a rate: who received bytes waits until they would have come at that rate. Safe for use by
/// several connections at once.
/// </summary>
internal sealed class BandwidthLimit(long bytesPerSecond, TimeProvider time)
{
    private readonly object _lock = new();
    private long _paidUntil = time.GetTimestamp();

    // A pause of more than a second or so between two reads looks to a server like a client that has gone.
    private const double MaxPauseSeconds = 0.25;
    private const int MinReadBytes = 1024;

    /// <summary>The bytes that one read may bring, so that no connection pauses for long behind it.</summary>
    public int MaxReadBytes { get; } = (int)Math.Clamp(bytesPerSecond * MaxPauseSeconds, MinReadBytes, int.MaxValue);

    /// <summary>Waits for the time that the bytes take at each of the rates, behind those of the other connections.</summary>
    public static ValueTask PassAsync(IReadOnlyList<BandwidthLimit> limits, int bytes, TimeProvider time, CancellationToken cancellationToken)
    {
        var wait = TimeSpan.Zero;
        foreach (var limit in limits)
        {
            wait = limit.Take(bytes) is var one && one > wait ? one : wait;
        }

        // Timers tick in milliseconds; what is shorter is paid with the bytes that come next.
        return wait < TimeSpan.FromMilliseconds(1) ? ValueTask.CompletedTask : new ValueTask(Task.Delay(wait, time, cancellationToken));
    }

    private TimeSpan Take(int bytes)
    {
        lock (_lock)
        {
            // Time in which nothing came is not saved up: the rate holds over any stretch, not only over the whole job.
            var now = time.GetTimestamp();
            _paidUntil = Math.Max(_paidUntil, now) + (long)((double)bytes / bytesPerSecond * time.TimestampFrequency);
            return time.GetElapsedTime(now, _paidUntil);
        }
    }
}
