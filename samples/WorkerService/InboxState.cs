namespace WorkerService;

/// <summary>What the worker last found, for the health check.</summary>
internal sealed class InboxState
{
    private int _running;
    private volatile string? _problem;

    public int Running => Volatile.Read(ref _running);

    /// <summary>Why the inbox could not be looked into; null where it could.</summary>
    public string? Problem
    {
        get => _problem;
        set => _problem = value;
    }

    public void Begin() => Interlocked.Increment(ref _running);

    public void End() => Interlocked.Decrement(ref _running);
}
