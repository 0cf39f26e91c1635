namespace CodRetrieve;

/// <summary>Provides data for <see cref="Job.Completed"/>: a job ended, whatever its outcome. The last event.</summary>
public sealed class JobCompletedEventArgs : JobEvent
{
    internal JobCompletedEventArgs(JobResult result) => Result = result;

    /// <summary>Gets what the job did.</summary>
    public JobResult Result { get; }
}
