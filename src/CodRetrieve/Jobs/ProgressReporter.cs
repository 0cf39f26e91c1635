namespace CodRetrieve.Jobs;

/// <summary>Tells a job's totals on a beat of its own, so that a rate also falls when nothing comes, and once more at the end.</summary>
internal sealed class ProgressReporter(IProgress<JobProgress> progress, JobTotals totals, JobEvents events, TimeProvider time)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(10);

    private readonly long _started = time.GetTimestamp();
    private readonly SlidingRate _rate = new(time, RateWindow);

    /// <summary>Tells until the job has ended.</summary>
    public async Task RunAsync(Task job)
    {
        _rate.Add(0);
        using var timer = new PeriodicTimer(ReportInterval, time);
        var ending = job.ContinueWith(_ => timer.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false))
        {
            var now = Now();
            // When the queue is full, the next beat tells.
            events.TryAdd(() => progress.Report(now));
        }

        await ending.ConfigureAwait(false);
        var last = Now();
        await events.AddAsync(() => progress.Report(last)).ConfigureAwait(false);
    }

    private JobProgress Now() => totals.ToProgress(_rate.Add(totals.BytesReceived), time.GetElapsedTime(_started));
}
