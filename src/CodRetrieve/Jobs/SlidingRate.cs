namespace CodRetrieve.Jobs;

/// <summary>The growth of a count a second, over a window that ends now. For use by one thread at a time.</summary>
internal sealed class SlidingRate(TimeProvider time, TimeSpan window)
{
    private readonly Queue<(long Time, long Count)> _samples = new();

    /// <summary>Notes the count as it is now.</summary>
    /// <returns>The growth a second since the last note that is older than the window, or since the first one.</returns>
    public double Add(long count)
    {
        var now = time.GetTimestamp();
        _samples.Enqueue((now, count));

        // The first of them is the newest one at or beyond the window's begin.
        while (_samples.Count > 2 && time.GetElapsedTime(_samples.ElementAt(1).Time, now) >= window)
        {
            _samples.Dequeue();
        }

        var first = _samples.Peek();
        var seconds = time.GetElapsedTime(first.Time, now).TotalSeconds;
        return seconds > 0 ? (count - first.Count) / seconds : 0;
    }
}
