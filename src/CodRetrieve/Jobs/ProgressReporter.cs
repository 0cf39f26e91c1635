using CodRetrieve.Storage;

namespace CodRetrieve.Jobs;

/// <summary>Reports a job's totals at an interval of its own, so that a rate also falls when nothing arrives, and once more at the end.</summary>
internal sealed class ProgressReporter(JobTally tally, JobEvents events, ObjectReader objects, TimeProvider time)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(10);

    private readonly long _started = time.GetTimestamp();
    private readonly SlidingRate _rate = new(time, RateWindow);

    /// <summary>Reports until the job has ended.</summary>
    public async Task RunAsync(Task job)
    {
        _rate.Add(0);
        using var timer = new PeriodicTimer(ReportInterval, time);
        var ending = job.ContinueWith(_ => timer.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false))
        {
            events.TryReport(Now());
        }

        await ending.ConfigureAwait(false);
        await events.ReportAsync(Now()).ConfigureAwait(false);
    }

    private JobProgress Now() => tally.ToProgress(_rate.Add(tally.BytesReceived), time.GetElapsedTime(_started)) with { OutageDuration = objects.OutageDuration };
}
