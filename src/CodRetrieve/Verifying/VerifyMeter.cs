namespace CodRetrieve.Verifying;

/// <summary>Counts what verifying has done and tells it, never twice at once and at most about ten times a second.</summary>
internal sealed class VerifyMeter(IProgress<VerifyProgress>? progress, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly object _lock = new();
    private int _instances;
    private long _bytes;
    private int _findings;
    private long? _reported;

    public void Add(int instances, long bytes, int findings)
    {
        lock (_lock)
        {
            _instances += instances;
            _bytes += bytes;
            _findings += findings;
            if (progress is not null && (_reported is not { } last || time.GetElapsedTime(last) >= Interval))
            {
                Report();
            }
        }
    }

    /// <summary>Tells the final numbers.</summary>
    public void End()
    {
        lock (_lock)
        {
            Report();
        }
    }

    private void Report()
    {
        progress?.Report(new VerifyProgress(_instances, _bytes, _findings));
        _reported = time.GetTimestamp();
    }
}
