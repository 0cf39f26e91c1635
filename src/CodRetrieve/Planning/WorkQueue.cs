using CodRetrieve.Diagnostics;

namespace CodRetrieve.Planning;

/// <summary>
/// The series that a job is fetching, and what of them is to do next. Series come in as they are planned, up to a bound, and their
/// segments go out in that order, so that series end one after another rather than all at the end.
/// </summary>
internal sealed class WorkQueue<TSeries>(int connections) : IDisposable
    where TSeries : class, IQueuedSeries
{
    /// <summary>
    /// How many series may be planned ahead: so many that no connection waits where each has one request's worth to do, and no more, since their instances take memory.
    /// </summary>
    private const int MinSeries = 32;

    private readonly object _lock = new();
    private readonly LinkedList<TSeries> _series = new();
    private readonly SemaphoreSlim _places = new(Math.Max(MinSeries, 2 * connections));
    private TaskCompletionSource _changed = NewSignal();
    private bool _isComplete;
    private bool _isStopped;

    /// <summary>Adds a series that has something to do, once there is a place for it.</summary>
    public async ValueTask AddAsync(TSeries series, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _series.AddLast(series);
            CodMeter.SeriesQueued.Add(1);
            SignalChange();
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

    /// <summary>Waits for something to do; returns <see langword="null"/> when all is done, or after <see cref="Stop"/>.</summary>
    public async ValueTask<(TSeries Series, WorkItem Item)?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_isStopped)
                {
                    return null;
                }

                if (TryTake() is { } taken)
                {
                    return taken;
                }

                if (_isComplete && _series.Count == 0)
                {
                    return null;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
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
            var isEnded = series.Work.IsEnded;
            if (IsDone(series))
            {
                Remove(series);
            }

            SignalChange();
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
            // Decided under the lock: from here on another connection may take what there is to do, and end the series.
            var isDone = IsDone(again);
            if (isDone)
            {
                Remove(abandoned);
            }
            else
            {
                _series.Find(abandoned)!.Value = again;
            }

            SignalChange();
            return isDone;
        }
    }

    public void Dispose()
    {
        // What a cancelled job leaves is no longer waited for.
        CodMeter.SeriesQueued.Add(-_series.Count);
        _places.Dispose();
    }

    // One that was abandoned has nothing to do now, and will be planned again.
    private static bool IsDone(TSeries series) => series.Work is { IsEnded: true, IsAbandoned: false };

    private void Remove(TSeries series)
    {
        _series.Remove(series);
        CodMeter.SeriesQueued.Add(-1);
        _places.Release();
    }

    private (TSeries Series, WorkItem Item)? TryTake()
    {
        var target = SegmentSize.Next(_series.Sum(static series => series.Work.UncutBytes), connections);
        foreach (var series in _series)
        {
            if (series.Work.TryTake(target) is { } item)
            {
                return (series, item);
            }
        }

        return null;
    }

    private void SignalChange()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    // Waiters go on elsewhere, not under the lock of whoever signals.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
