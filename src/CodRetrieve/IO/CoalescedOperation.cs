namespace CodRetrieve.IO;

/// <summary>
/// Runs an operation for all who want it at about the same time. Those that ask while it is under way share the next one: that one began
/// before they asked, and may miss what they ask for. Safe for several callers at once.
/// </summary>
/// <typeparam name="T">What the operation gives.</typeparam>
internal sealed class CoalescedOperation<T>(Func<Task<T>> run)
{
    private readonly object _lock = new();
    private Task<T> _running = Task.FromResult<T>(default!);
    private Task<T>? _next;

    public Task<T> RunAsync()
    {
        lock (_lock)
        {
            if (_running.IsCompleted)
            {
                return _running = run();
            }

            return _next ??= RunNextAsync(_running);
        }
    }

    private async Task<T> RunNextAsync(Task<T> before)
    {
        await ((Task)before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task<T> running;
        lock (_lock)
        {
            _next = null;
            running = _running = run();
        }

        return await running.ConfigureAwait(false);
    }
}
