namespace CodRetrieve.Cli.Output;

/// <summary>Shows nothing.</summary>
internal sealed class SilentView : IDownloadView
{
    public Task ShowAsync(Job job, Func<IProgress<JobProgress>?, Task> run) => run(null);
}
