using CodRetrieve.Diagnostics;

namespace CodRetrieve.Jobs;

/// <summary>The sums of a job's series, kept up by several connections at once.</summary>
internal sealed class JobTotals
{
    private long _bytesReceived;
    private long _bytesWanted;
    private int _instancesSaved;
    private int _instancesWanted;
    private int _instancesFailed;
    private int _seriesEnded;
    private int _seriesKnown;
    private volatile bool _isPlanned;

    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    /// <summary>A series was planned, or planned anew: what came of it before stays, and what it wants now is wanted beside that.</summary>
    public void AddSeries(SeriesRun run, SeriesRun? before)
    {
        Interlocked.Add(ref _bytesWanted, run.Progress.BytesTotal - (before?.BytesPlanned ?? 0));
        Interlocked.Add(ref _instancesWanted, run.InstancesWanted + (before is null ? 0 : before.InstancesSaved - before.InstancesWanted));
        if (before is null)
        {
            Interlocked.Increment(ref _seriesKnown);
        }
    }

    public void AddBytes(long bytes) => Interlocked.Add(ref _bytesReceived, bytes);

    public void AddSaved()
    {
        Interlocked.Increment(ref _instancesSaved);
        CodMeter.InstancesSaved.Add(1);
    }

    public void AddFailed(int instances)
    {
        Interlocked.Add(ref _instancesFailed, instances);
        CodMeter.InstancesFailed.Add(instances);
    }

    public void AddEndedSeries() => Interlocked.Increment(ref _seriesEnded);

    public void Planned() => _isPlanned = true;

    public JobProgress ToProgress(double bytesPerSecond, TimeSpan elapsed)
    {
        var isPlanned = _isPlanned;
        var (received, wanted) = (BytesReceived, Interlocked.Read(ref _bytesWanted));
        return new JobProgress
        {
            BytesReceived = received,
            BytesWanted = wanted,
            InstancesSaved = Volatile.Read(ref _instancesSaved),
            InstancesWanted = Volatile.Read(ref _instancesWanted),
            InstancesFailed = Volatile.Read(ref _instancesFailed),
            SeriesCompleted = Volatile.Read(ref _seriesEnded),
            SeriesDiscovered = Volatile.Read(ref _seriesKnown),
            IsPlanningComplete = isPlanned,
            BytesPerSecond = bytesPerSecond,
            Elapsed = elapsed,
            EstimatedTimeRemaining = isPlanned ? EstimatedTimeRemaining(wanted - received, bytesPerSecond) : null,
        };
    }

    private static TimeSpan? EstimatedTimeRemaining(long bytes, double bytesPerSecond)
    {
        if (bytes <= 0)
        {
            return TimeSpan.Zero;
        }

        var seconds = bytes / bytesPerSecond;
        return seconds < TimeSpan.FromDays(10_000).TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }
}
