namespace CodRetrieve.Cli.Output;

/// <summary>What is seen of a job while it runs.</summary>
internal interface IDownloadView
{
    /// <summary>Shows a job until it has ended.</summary>
    /// <param name="job">The job, not yet started.</param>
    /// <param name="run">Runs the job and reports its progress, where that is wanted; what it throws passes through.</param>
    Task ShowAsync(Job job, Func<IProgress<JobProgress>?, Task> run);
}
