namespace CodRetrieve.Jobs;

/// <summary>Lets the parts of a job begin a piece of work while it is not paused, and knows when none is under way. Safe for several callers at once.</summary>
internal sealed class PauseGate
{
    private readonly object _lock = new();
    private TaskCompletionSource? _resumed;
    private TaskCompletionSource? _idle;
    private int _underWay;

    public bool IsPaused
    {
        get
        {
            lock (_lock)
            {
                return _resumed is not null;
            }
        }
    }

    /// <summary>Whether the job is paused and nothing is under way.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _resumed is not null && _underWay == 0;
            }
        }
    }

    /// <summary>Waits while the job is paused, then begins a piece of work, which <see cref="Exit"/> ends.</summary>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task resumed;
            lock (_lock)
            {
                if (_resumed is null)
                {
                    _underWay++;
                    return;
                }

                resumed = _resumed.Task;
            }

            await resumed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Exit()
    {
        lock (_lock)
        {
            if (--_underWay == 0)
            {
                _idle?.TrySetResult();
            }
        }
    }

    /// <summary>Lets nothing begin any more.</summary>
    /// <returns>A task that ends when nothing is under way, or when the job is resumed.</returns>
    public Task PauseAsync()
    {
        lock (_lock)
        {
            _resumed ??= NewSignal();
            _idle ??= NewSignal();
            if (_underWay == 0)
            {
                _idle.TrySetResult();
            }

            return _idle.Task;
        }
    }

    public void Resume()
    {
        lock (_lock)
        {
            _resumed?.TrySetResult();
            _idle?.TrySetResult();
            (_resumed, _idle) = (null, null);
        }
    }

    // Waiters go on elsewhere, not under the lock.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
