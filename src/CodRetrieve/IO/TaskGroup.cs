namespace CodRetrieve.IO;

/// <summary>Tasks that run side by side until all have ended. Safe for several callers at once.</summary>
internal sealed class TaskGroup
{
    // Those that ended well are let go when there are twice as many as after the last time.
    private const int MinTasks = 64;

    private readonly List<Task> _tasks = [];
    private int _bound = MinTasks;

    /// <summary>Adds a task that runs.</summary>
    public void Add(Task task)
    {
        lock (_tasks)
        {
            _tasks.Add(task);
            if (_tasks.Count >= _bound)
            {
                _tasks.RemoveAll(static ended => ended.IsCompletedSuccessfully);
                _bound = Math.Max(MinTasks, 2 * _tasks.Count);
            }
        }
    }

    /// <summary>Waits until all that were added have ended; throws what one of them threw.</summary>
    public Task WhenAllAsync()
    {
        lock (_tasks)
        {
            return Task.WhenAll(_tasks);
        }
    }
}
