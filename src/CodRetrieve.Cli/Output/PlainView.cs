namespace CodRetrieve.Cli.Output;

/// <summary>A line for each series that is finished, and one every ten seconds in between: for logs, and for output that is redirected.</summary>
internal sealed class PlainView(TextWriter output) : IDownloadView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    public Task ShowAsync(Job job, Func<IProgress<JobProgress>?, Task> run)
    {
        // Both come for a series that was fetched without a failure, in this order.
        var bytes = 0L;
        var lines = new Lines(output);
        job.Downloaded += (_, args) => bytes = args.Bytes;
        job.Extracted += (_, args) =>
        {
            output.WriteLine($"saved {args.Series.StudyInstanceUid}/{args.Series.SeriesInstanceUid}: {Pluralizer.Of(args.InstanceCount, "instance")}, {ByteSize.Text(bytes)}");
            lines.Restart();
        };
        return run(lines);
    }

    private sealed class Lines(TextWriter output) : IProgress<JobProgress>
    {
        private TimeSpan _now;
        private TimeSpan _last;

        /// <summary>Something was written: the next line is due later.</summary>
        public void Restart() => _last = _now;

        public void Report(JobProgress value)
        {
            _now = value.Elapsed;
            if (_now - _last >= Interval)
            {
                _last = _now;
                output.WriteLine(ProgressFrame.Line(value));
            }
        }
    }
}
