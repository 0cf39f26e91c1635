namespace CodRetrieve.Cli.Output;

/// <summary>A line for each series that is finished: for logs, and for output that is redirected.</summary>
internal sealed class PlainView(TextWriter output) : IDownloadView
{
    public Task ShowAsync(Job job, Func<IProgress<JobProgress>?, Task> run)
    {
        // Both come for a series that was fetched without a failure, in this order.
        var bytes = 0L;
        job.Downloaded += (_, args) => bytes = args.Bytes;
        job.Extracted += (_, args) => output.WriteLine(
            $"saved {args.Series.StudyInstanceUid}/{args.Series.SeriesInstanceUid}: {Pluralizer.Of(args.InstanceCount, "instance")}, {ByteSize.Text(bytes)}");
        return run(null);
    }
}
