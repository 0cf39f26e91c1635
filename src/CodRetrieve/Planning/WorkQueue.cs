using CodRetrieve.Diagnostics;

namespace CodRetrieve.Planning;

/// <summary>
/// The series that a job is fetching, and what of them is to do next. Their segments go out in the order in which the series came, so that series end one after
/// another rather than all at the end. Safe for several callers at once; one of them takes.
/// </summary>
/// <param name="connections">How many connections share what is left to cut.</param>
internal sealed class WorkQueue<TSeries>(Func<int> connections) : IDisposable
    where TSeries : class, IQueuedSeries
{
    private readonly object _lock = new();
    private readonly Dictionary<TSeries, Entry> _entries = new(ReferenceEqualityComparer.Instance);
    // Those that may have something to hand out now.
    private readonly SortedSet<Entry> _ready = new(Comparer<Entry>.Create(static (a, b) => a.Order.CompareTo(b.Order)));
    private TaskCompletionSource? _changed;
    private long _uncutBytes;
    private long _added;
    private bool _isComplete;
    private bool _isStopped;

    /// <summary>Adds a series that has something to do.</summary>
    public void Add(TSeries series)
    {
        lock (_lock)
        {
            CodMeter.SeriesQueued.Add(1);
            var entry = new Entry(series, _added++);
            _entries.Add(series, entry);
            LookAgain(entry);
        }
    }

    /// <summary>Says that no further series will be added.</summary>
    public void CompleteAdding()
    {
        lock (_lock)
        {
            _isComplete = true;
            SignalChange();
        }
    }

    /// <summary>Hands out nothing more, whatever is left to do.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            SignalChange();
        }
    }

    /// <summary>Waits until there may be something to take.</summary>
    /// <returns><see langword="false"/> when all is done, or after <see cref="Stop"/>.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_isStopped || (_isComplete && _entries.Count == 0))
                {
                    return false;
                }

                if (_ready.Count > 0)
                {
                    return true;
                }

                // Waiters go on elsewhere, not under the lock of whoever signals.
                _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the next thing to do; <see langword="null"/> when there is none now.</summary>
    public (TSeries Series, WorkItem Item)? TryTake()
    {
        lock (_lock)
        {
            while (!_isStopped && _ready.Min is { } entry)
            {
                var item = entry.Series.Work.TryTake(entry.Series.IsPrefetched ? long.MaxValue : SegmentSize.Next(_uncutBytes, connections()));
                CountUncut(entry, entry.Series.Work.UncutBytes);
                if (item is not null)
                {
                    return (entry.Series, item);
                }

                // Until something that was taken of it is given back.
                _ready.Remove(entry);
            }

            return null;
        }
    }

    /// <summary>Gives back what was taken, done or not.</summary>
    /// <returns>
    /// Whether the series ended with it; <see langword="true"/> once for each series. One that was abandoned keeps its place until
    /// <see cref="Replace"/>.
    /// </returns>
    public bool Release(TSeries series)
    {
        lock (_lock)
        {
            series.Work.Release();
            var entry = _entries[series];
            var isEnded = series.Work.IsEnded;
            if (IsDone(series))
            {
                Remove(entry);
            }
            else
            {
                LookAgain(entry);
            }

            return isEnded;
        }
    }

    /// <summary>Puts a series that was planned again in the place of the abandoned one.</summary>
    /// <returns>
    /// Whether there is nothing to do for it: then it is not in the queue, and its end is the caller's to tell. One that was abandoned again keeps the place.
    /// </returns>
    public bool Replace(TSeries abandoned, TSeries again)
    {
        lock (_lock)
        {
            var entry = _entries[abandoned];
            // Decided under the lock: from here on another connection may take what there is to do, and end the series.
            if (IsDone(again))
            {
                Remove(entry);
                return true;
            }

            _entries.Remove(abandoned);
            _entries.Add(again, entry);
            entry.Series = again;
            LookAgain(entry);
            return false;
        }
    }

    // What a cancelled job leaves is no longer waited for.
    public void Dispose() => CodMeter.SeriesQueued.Add(-_entries.Count);

    // One that was abandoned has nothing to do now, and will be planned again.
    private static bool IsDone(TSeries series) => series.Work is { IsEnded: true, IsAbandoned: false };

    private void Remove(Entry entry)
    {
        _entries.Remove(entry.Series);
        _ready.Remove(entry);
        CountUncut(entry, 0);
        CodMeter.SeriesQueued.Add(-1);
        if (_entries.Count == 0)
        {
            SignalChange();
        }
    }

    private void LookAgain(Entry entry)
    {
        CountUncut(entry, entry.Series.Work.UncutBytes);
        _ready.Add(entry);
        SignalChange();
    }

    private void CountUncut(Entry entry, long bytes)
    {
        _uncutBytes += bytes - entry.UncutBytes;
        entry.UncutBytes = bytes;
    }

    private void SignalChange()
    {
        _changed?.TrySetResult();
        _changed = null;
    }

    private sealed class Entry(TSeries series, long order)
    {
        public TSeries Series { get; set; } = series;

        public long Order { get; } = order;

        /// <summary>The bytes that the sum over all has of this one.</summary>
        public long UncutBytes { get; set; }
    }
}
