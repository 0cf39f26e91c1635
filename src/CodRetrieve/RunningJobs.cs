namespace CodRetrieve;

/// <summary>The jobs of a <see cref="CodDownload"/> that are running, so that it can end them when it is disposed. Safe for several callers at once.</summary>
internal sealed class RunningJobs
{
    private readonly HashSet<Job> _jobs = new(ReferenceEqualityComparer.Instance);
    private bool _isDisposed;

    /// <exception cref="ObjectDisposedException">The owner was disposed.</exception>
    public void Add(Job job)
    {
        lock (_jobs)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(CodDownload));
            _jobs.Add(job);
        }
    }

    public void Remove(Job job)
    {
        lock (_jobs)
        {
            _jobs.Remove(job);
        }
    }

    /// <summary>Cancels all jobs and waits for their ends. None can be added afterwards.</summary>
    public async Task EndAsync()
    {
        Job[] jobs;
        lock (_jobs)
        {
            _isDisposed = true;
            jobs = [.. _jobs];
        }

        foreach (var job in jobs)
        {
            job.Cancel();
        }

        await ((Task)Task.WhenAll(jobs.Select(job => job.Completion))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
