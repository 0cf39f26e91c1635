namespace CodRetrieve;

/// <summary>A job ended, however it did. Nothing is raised after this.</summary>
public sealed class JobCompletedEventArgs : EventArgs
{
    internal JobCompletedEventArgs(JobResult result) => Result = result;

    /// <summary>What the job did.</summary>
    public JobResult Result { get; }
}
