namespace CodRetrieve.Jobs;

/// <summary>Controls a job from outside: pauses, stops and cancels it. Safe for several callers at once, before, during and after the run.</summary>
internal sealed class JobControl
{
    // Never disposed: they have no timers, and a caller may cancel a job at any time, also one that has ended.
    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationTokenSource _stop = new();

    public PauseGate Gate { get; } = new();

    /// <summary>Ends the run at once.</summary>
    public CancellationToken Cancelled => _cancel.Token;

    /// <summary>Lets the run finish what is under way, and begin nothing more.</summary>
    public CancellationToken Stopped => _stop.Token;

    public bool IsEnding => _cancel.IsCancellationRequested || _stop.IsCancellationRequested;

    public void Cancel()
    {
        _cancel.Cancel();
        Gate.Resume();
    }

    public void Stop()
    {
        _stop.Cancel();
        Gate.Resume();
    }
}
