namespace CodRetrieve.IO;

/// <summary>Takes what nobody waits for any more.</summary>
internal static class Abandoned
{
    /// <summary>Sees to it that what a task fails with does not come up as unobserved: whoever gave it up has reported that.</summary>
    public static void Observe(Task task) => _ = task.ContinueWith(
        static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
