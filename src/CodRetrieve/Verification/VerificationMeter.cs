namespace CodRetrieve.Verification;

/// <summary>Counts what verification has done and reports it, never twice at once and at most about ten times per second.</summary>
internal sealed class VerificationMeter(IProgress<VerificationProgress>? progress, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly object _lock = new();
    private int _instances;
    private long _bytes;
    private int _issues;
    private long? _reported;

    public void Add(int instances, long bytes, int issues)
    {
        lock (_lock)
        {
            _instances += instances;
            _bytes += bytes;
            _issues += issues;
            if (progress is not null && (_reported is not { } last || time.GetElapsedTime(last) >= Interval))
            {
                Report();
            }
        }
    }

    /// <summary>Reports the final numbers.</summary>
    public void End()
    {
        lock (_lock)
        {
            Report();
        }
    }

    private void Report()
    {
        progress?.Report(new VerificationProgress(_instances, _bytes, _issues));
        _reported = time.GetTimestamp();
    }
}
