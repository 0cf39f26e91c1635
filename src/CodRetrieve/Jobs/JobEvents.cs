using System.Threading.Channels;
using CodRetrieve.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Jobs;

/// <summary>
/// Raises a job's events one at a time and in the order in which they were added, beside the transfer: it waits for a slow handler only when a
/// bounded queue is full. A handler that blocks does not keep a cancelled job from ending.
/// </summary>
internal sealed class JobEvents : IDisposable
{
    private const int QueueLength = 1024;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);

    // How long a handler that blocks may hold up a job that was cancelled.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(5);

    private readonly Action<JobEvent> _raise;
    private readonly ChannelWriter<JobEvent>? _stream;
    private readonly IProgress<JobProgress>? _totals;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _abandoned = new();
    private readonly CancellationTokenRegistration _stopRegistration;
    private readonly Channel<Func<JobEvent?>> _queue;
    private ITimer? _drainTimer;

    /// <param name="raise">Raises an event.</param>
    /// <param name="stream">Given each event, and waited for; <see langword="null"/> when nobody enumerates.</param>
    /// <param name="totals">Given the job's totals; <see langword="null"/> when nobody asked.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where what handlers throw is logged.</param>
    /// <param name="stopping">Cancelled when the job must end.</param>
    public JobEvents(
        Action<JobEvent> raise, ChannelWriter<JobEvent>? stream, IProgress<JobProgress>? totals, TimeProvider time, ILogger logger, CancellationToken stopping)
    {
        _raise = raise;
        _stream = stream;
        _totals = totals;
        _time = time;
        _logger = logger;

        // Who enumerates is waited for, so that the job does not run ahead: its channel is the queue.
        _queue = Channel.CreateBounded<Func<JobEvent?>>(new BoundedChannelOptions(stream is null ? QueueLength : 1) { SingleReader = true });

        // A timer of the job's clock, which CancelAfter does not know.
        _stopRegistration = stopping.Register(() => _drainTimer = _time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), _abandoned, DrainTimeout, Timeout.InfiniteTimeSpan));
    }

    public bool WantsTotals => _totals is not null;

    /// <summary>Adds an event. Once the job was cancelled, one that a blocked handler keeps waiting for too long is dropped.</summary>
    public ValueTask AddAsync(JobEvent args) => AddAsync(() => args);

    /// <summary>Adds what has come of a series since the last time, if that is long enough ago and the queue has space.</summary>
    public void AddProgress(SeriesProgress progress)
    {
        if (progress.IsDue(_time, ProgressInterval) && !_queue.Writer.TryWrite(progress.TakeNew))
        {
            // The queue is full: these bytes are part of a later event.
            progress.NotRaised();
        }
    }

    /// <summary>Adds what has come of a series and was not reported yet.</summary>
    public ValueTask AddLastProgressAsync(SeriesProgress progress) => AddAsync(progress.TakeNew);

    /// <summary>Reports the job's totals, if the queue has space; otherwise the next report covers it.</summary>
    public void TryReport(JobProgress now) => _queue.Writer.TryWrite(Report(now));

    /// <summary>Reports the job's totals.</summary>
    public ValueTask ReportAsync(JobProgress now) => AddAsync(Report(now));

    /// <summary>Raises what is left, and ends. Bounded in time once the job was cancelled.</summary>
    /// <param name="pump">The task of <see cref="PumpAsync"/>.</param>
    public async Task CompleteAsync(Task pump)
    {
        _queue.Writer.Complete();
        try
        {
            await pump.WaitAsync(_abandoned.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_abandoned.IsCancellationRequested)
        {
            Log.EventsAbandoned(_logger, DrainTimeout.TotalSeconds);
        }
    }

    /// <summary>Raises until <see cref="CompleteAsync"/> was called and everything added is raised.</summary>
    public async Task PumpAsync()
    {
        await foreach (var next in _queue.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (next() is not { } args)
            {
                continue;
            }

            Guard(() => _raise(args));
            if (_stream is not null)
            {
                await WriteAsync(_stream, args).ConfigureAwait(false);
            }
        }
    }

    public void Dispose()
    {
        _stopRegistration.Dispose();
        _drainTimer?.Dispose();
    }

    private ValueTask AddAsync(Func<JobEvent?> next) => WriteAsync(_queue.Writer, next);

    private async ValueTask WriteAsync<T>(ChannelWriter<T> writer, T item)
    {
        // First without a token: where there is space, what a cancelled job has done is still reported.
        if (writer.TryWrite(item))
        {
            return;
        }

        try
        {
            await writer.WriteAsync(item, _abandoned.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // Nobody takes it any more, and the job must end.
            Log.EventDropped(_logger);
        }
    }

    private Func<JobEvent?> Report(JobProgress now) => () =>
    {
        Guard(() => _totals!.Report(now));
        return null;
    };

    private void Guard(Action call)
    {
        try
        {
            call();
        }
#pragma warning disable CA1031 // Whatever a user's handler throws is its own fault, and harms nothing.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.EventHandlerThrew(_logger, e);
        }
    }
}
