using CodRetrieve.Saving;

namespace CodRetrieve.Tests.Support;

/// <summary>Creates jobs whose events and results are shown to the watch for leaks.</summary>
internal static class WatchedJobs
{
    public static Job CreateWatchedJob(this CodDownload cod, IEnumerable<string> studies, OutputFormat format = OutputFormat.Folder) =>
        Watch(cod.CreateJob(studies, format));

    public static Job CreateWatchedJob(this CodDownload cod, IEnumerable<string> studies, ISaveHandler handler) => Watch(cod.CreateJob(studies, handler));

    /// <summary>
    /// Runs a job that waits until each event was raised. It does not wait for events that are only raised: they come beside the transfer, which may be over by then.
    /// </summary>
    public static async Task<JobResult> RunAtTheEventsPaceAsync(this Job job)
    {
        await foreach (var args in job.StreamAsync())
        {
            Assert.NotNull(args);
        }

        return job.Result!;
    }

    public static Job Watch(Job job)
    {
        // Handlers are called by a part of the job that may outlive the test's own flow.
        var watch = LeakWatch.Current;
        job.Progress += (_, args) => watch.Look("a progress event", args.Series.ToString());
        job.Downloaded += (_, args) => watch.Look("a downloaded event", args.Series.ToString());
        job.Extracted += (_, args) => watch.Look("an extracted event", args.Series.ToString());
        job.Saved += (_, args) => watch.Look("a saved event", $"{args.Result.Instance} {args.Result.Location}");
        job.Error += (_, args) => watch.LookAt("an error event", args);
        job.Completed += (_, args) => watch.LookAt("a result", args);
        return job;
    }
}
