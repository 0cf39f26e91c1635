using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.Tests.Support;

/// <summary>A clock that stands still, and tells when somebody begins to wait by it.</summary>
internal sealed class SignallingTime : FakeTimeProvider
{
    private readonly object _lock = new();
    private readonly List<TimeSpan> _waits = [];
    private readonly List<(Func<TimeSpan, bool> Match, TaskCompletionSource<TimeSpan> Found)> _watchers = [];

    /// <summary>The first wait, past or to come, that matches.</summary>
    public Task<TimeSpan> WaitBegunAsync(Func<TimeSpan, bool> match)
    {
        lock (_lock)
        {
            var found = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_waits.Any(match))
            {
                found.SetResult(_waits.First(match));
            }
            else
            {
                _watchers.Add((match, found));
            }

            return found.Task;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_lock)
        {
            _waits.Add(dueTime);
            foreach (var (match, found) in _watchers)
            {
                if (match(dueTime))
                {
                    found.TrySetResult(dueTime);
                }
            }
        }

        return timer;
    }
}
