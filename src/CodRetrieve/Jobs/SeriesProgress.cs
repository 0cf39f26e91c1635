namespace CodRetrieve.Jobs;

/// <summary>The bytes of one series that have arrived, added up by several connections and reported by one.</summary>
internal sealed class SeriesProgress(SeriesInfo series, long bytesWanted)
{
    private long _total = bytesWanted;
    private long _received;
    private long _reported;
    private long _lastTime;

    public long BytesTotal => Interlocked.Read(ref _total);

    public long BytesReceived => Interlocked.Read(ref _received);

    /// <summary>The series was planned again: this much is wanted beside what has come already.</summary>
    public void WantMore(long bytes) => Interlocked.Exchange(ref _total, Interlocked.Read(ref _received) + bytes);

    public void Add(long bytes) => Interlocked.Add(ref _received, bytes);

    /// <summary>Whether the interval has passed; true for one caller only.</summary>
    public bool IsDue(TimeProvider time, TimeSpan interval)
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Read(ref _lastTime);
        return (last == 0 || time.GetElapsedTime(last, now) >= interval) && Interlocked.CompareExchange(ref _lastTime, now, last) == last;
    }

    public void NotRaised() => Interlocked.Exchange(ref _lastTime, 0);

    /// <summary>Returns what has come since the last call; <see langword="null"/> for nothing. Called by one thread at a time.</summary>
    public JobEvent? TakeNew()
    {
        var received = BytesReceived;
        var bytes = received - _reported;
        _reported = received;
        return bytes == 0 ? null : new SeriesProgressEventArgs(series) { Bytes = bytes, BytesReceived = received, BytesTotal = BytesTotal };
    }
}
