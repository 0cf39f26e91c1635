using CodRetrieve.Diagnostics;
using CodRetrieve.Jobs;

namespace CodRetrieve.Planning;

/// <summary>
/// The series that a job is fetching, and what of them is to do next. Series come in as they are planned, up to a bound, and their
/// segments go out in that order, so that series come to their ends one after another rather than all at the end.
/// </summary>
internal sealed class WorkQueue(int connections) : IDisposable
{
    /// <summary>How many series may be planned ahead. Bounds the memory that their instances take.</summary>
    private const int MaxSeries = 32;

    private readonly object _lock = new();
    private readonly LinkedList<SeriesRun> _series = new();
    private readonly SemaphoreSlim _places = new(MaxSeries, MaxSeries);
    private TaskCompletionSource _changed = NewSignal();
    private bool _isComplete;

    /// <summary>Adds a series that has something to do, once there is a place for it.</summary>
    public async ValueTask AddAsync(SeriesRun run, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _series.AddLast(run);
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

    /// <summary>Waits for something to do; gives <see langword="null"/> when all is done.</summary>
    public async ValueTask<WorkItem?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (TryTake() is { } item)
                {
                    return item;
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
    /// Whether its series came to its end with it; true once for each series. One that was abandoned keeps its place until <see cref="Replace"/>.
    /// </returns>
    public bool Release(WorkItem item)
    {
        lock (_lock)
        {
            item.Run.Release();
            var isEnded = item.Run.IsEnded;
            if (isEnded && !item.Run.IsAbandoned)
            {
                Remove(item.Run);
            }

            SignalChange();
            return isEnded;
        }
    }

    /// <summary>Puts a series' second run in the place of its abandoned one; one with nothing to do only takes it away.</summary>
    public void Replace(SeriesRun abandoned, SeriesRun second)
    {
        lock (_lock)
        {
            if (second.IsEnded)
            {
                Remove(abandoned);
            }
            else
            {
                _series.Find(abandoned)!.Value = second;
            }

            SignalChange();
        }
    }

    public void Dispose()
    {
        // What a cancelled job leaves is no longer waited for.
        CodMeter.SeriesQueued.Add(-_series.Count);
        _places.Dispose();
    }

    private void Remove(SeriesRun run)
    {
        _series.Remove(run);
        CodMeter.SeriesQueued.Add(-1);
        _places.Release();
    }

    private WorkItem? TryTake()
    {
        var target = SegmentSize.Next(_series.Sum(static run => run.UncutBytes), connections);
        foreach (var run in _series)
        {
            if (run.TryTake(target) is { } item)
            {
                return item;
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
