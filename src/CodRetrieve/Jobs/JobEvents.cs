using System.Threading.Channels;
using CodRetrieve.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Jobs;

/// <summary>
/// Raises a job's events one at a time and in the order in which they were given, without making the transfer wait for a handler until a
/// bounded queue is full.
/// </summary>
internal sealed class JobEvents(JobEventSinks sinks, TimeProvider time, ILogger logger)
{
    private const int QueueLength = 1024;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);

    private readonly Channel<Action> _queue = Channel.CreateBounded<Action>(new BoundedChannelOptions(QueueLength) { SingleReader = true });

    /// <summary>Raises until <see cref="Complete"/> was called and everything given is raised.</summary>
    public async Task PumpAsync()
    {
        await foreach (var raise in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                raise();
            }
#pragma warning disable CA1031 // Whatever a user's handler throws is its own fault, and harms nothing.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.EventHandlerThrew(logger, e);
            }
        }
    }

    public void Complete() => _queue.Writer.Complete();

    public ValueTask DownloadedAsync(SeriesRun run) => AddAsync(() =>
        sinks.Downloaded(new SeriesDownloadedEventArgs(run.Series) { Bytes = run.Progress.BytesTotal }));

    public ValueTask ExtractedAsync(SeriesRun run) => AddAsync(() =>
        sinks.Extracted(new SeriesExtractedEventArgs(run.Series) { InstanceCount = run.InstancesSaved }));

    public async ValueTask SavedAsync(InstanceResult saved, CancellationToken cancellationToken)
    {
        await AddAsync(() => sinks.Saved(new InstanceSavedEventArgs(saved))).ConfigureAwait(false);
        if (sinks.Pull is not null)
        {
            // First without the token: where there is room, an instance saved while the job is cancelled is still given.
            if (!sinks.Pull.TryWrite(saved))
            {
                await sinks.Pull.WriteAsync(saved, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public ValueTask ErrorAsync(RetrievalFailure failure) => AddAsync(() => sinks.Error(new JobErrorEventArgs(failure)));

    public ValueTask CompletedAsync(JobResult result) => AddAsync(() => sinks.Completed(new JobCompletedEventArgs(result)));

    /// <summary>Raises what has come of a series since the last time, if that is long enough ago and the queue has room.</summary>
    public void Progressed(SeriesProgress progress)
    {
        if (progress.IsDue(time, ProgressInterval) && !TryAdd(() => Raise(progress)))
        {
            // The queue is full: these bytes are told with a later event.
            progress.NotRaised();
        }
    }

    /// <summary>Raises what has not been told yet.</summary>
    public ValueTask ProgressEndedAsync(SeriesProgress progress) => AddAsync(() => Raise(progress));

    public ValueTask AddAsync(Action raise) => _queue.Writer.WriteAsync(raise);

    /// <summary>Adds something to raise, if the queue has room.</summary>
    public bool TryAdd(Action raise) => _queue.Writer.TryWrite(raise);

    private void Raise(SeriesProgress progress)
    {
        if (progress.TakeNew() is { } args)
        {
            sinks.Progress(args);
        }
    }
}
