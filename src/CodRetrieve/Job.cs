using System.Runtime.CompilerServices;
using System.Threading.Channels;
using CodRetrieve.Jobs;

namespace CodRetrieve;

/// <summary>One retrieval: what is missing of some studies is fetched, verified and saved. Created by <see cref="CodDownload"/>.</summary>
/// <remarks>
/// <para>A job runs exactly once, in one of three ways: <see cref="RunAsync(CancellationToken)"/> runs it to its end, <see cref="StreamAsync"/>
/// enumerates what happens, <see cref="Start"/> runs it in the background. Create another job to continue where one ended.</para>
/// <para>Subscribe to events before the run. They are raised one at a time, from the thread pool, in order within a series. A handler that throws is
/// logged and harms nothing; a slow one applies back-pressure, since events wait in a queue of bounded size. Of a job that was cancelled, events that
/// a blocked handler holds up for more than 5 s are dropped.</para>
/// <para>All members are safe for use by several threads.</para>
/// </remarks>
public sealed class Job
{
    // Enough to keep the connections busy while the one who enumerates looks at one event.
    private const int StreamAhead = 64;

    private readonly JobRunner _runner;
    private readonly RunningJobs _running;
    private readonly JobControl _control = new();
    private readonly TaskCompletionSource<JobResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JobResult? _result;
    private DownloadStats? _stats;
    private int _isStarted;

    internal Job(JobRunner runner, RunningJobs running, DownloadStats? stats)
    {
        _runner = runner;
        _running = running;
        _stats = stats;
        runner.WantsSkipped = () => Skipped is not null;
        runner.Ended = result => Volatile.Write(ref _result, result);
        if (stats is null)
        {
            runner.Planned = planned => Volatile.Write(ref _stats, planned);
        }
    }

    /// <summary>Occurs when bytes of a series have arrived, at most about ten times per second per series.</summary>
    public event EventHandler<SeriesProgressEventArgs>? Progress;

    /// <summary>
    /// Occurs once per series when the last wanted byte of it has arrived, whether all bytes match or not; before <see cref="Extracted"/>. Not for a
    /// series of which nothing is wanted, or of which an instance never arrived.
    /// </summary>
    public event EventHandler<SeriesDownloadedEventArgs>? Downloaded;

    /// <summary>
    /// Occurs once per series when all of its wanted instances have left the tar and are verified; the last of them may still be being saved. Not for
    /// a series with failures.
    /// </summary>
    public event EventHandler<SeriesExtractedEventArgs>? Extracted;

    /// <summary>Occurs when an instance was saved.</summary>
    public event EventHandler<InstanceSavedEventArgs>? Saved;

    /// <summary>
    /// Occurs for each instance that was saved before the job came to its series, and is not fetched. There may be very many: without a handler, which must be there when the job starts, nothing is
    /// raised, nor enumerated by <see cref="StreamAsync"/>.
    /// </summary>
    public event EventHandler<InstanceSkippedEventArgs>? Skipped;

    /// <summary>Occurs when the job has ended, whatever its outcome. The last event.</summary>
    public event EventHandler<JobCompletedEventArgs>? Completed;

    /// <summary>
    /// Occurs when a study, a series or an instance failed, or the job as a whole. Failures of a series and its instances are reported when the series
    /// ends: until then its tar may turn out to have changed, and the series is fetched again.
    /// </summary>
    public event EventHandler<JobErrorEventArgs>? Error;

    /// <summary>
    /// Gets the statistics of the studies when they were planned. For a job of <see cref="CodDownload.DownloadAsync(IEnumerable{string}, OutputFormat, Selection, CancellationToken)"/>
    /// they are there from the beginning; for one of <c>CreateJob</c>, <see langword="null"/> until everything is planned, and without the URIs of
    /// instances.
    /// </summary>
    public DownloadStats? Stats => Volatile.Read(ref _stats);

    /// <summary>Gets what the job is doing.</summary>
    public JobState State => Completion.IsCompleted ? JobState.Completed
        : Volatile.Read(ref _isStarted) == 0 ? JobState.Ready
        : _control.IsEnding ? JobState.Stopping
        : !_control.Gate.IsPaused ? JobState.Running
        : _control.Gate.IsIdle ? JobState.Paused
        : JobState.Pausing;

    /// <summary>
    /// Gets what the job did; <see langword="null"/> until it has ended. Also there for a job that failed, was stopped or was cancelled, however it was
    /// run.
    /// </summary>
    public JobResult? Result => Volatile.Read(ref _result);

    /// <summary>
    /// Gets a task that ends with the job, as that of <see cref="RunAsync(CancellationToken)"/> does. It does not end if the job is never run.
    /// </summary>
    public Task<JobResult> Completion => _completion.Task;

    /// <summary>Runs the job to its end.</summary>
    /// <param name="cancellationToken">Ends the job within about a second; what is saved stays, and nothing half is left visible.</param>
    /// <returns>What was done. Instances, series and studies that failed are in it; they throw nothing.</returns>
    /// <exception cref="InvalidOperationException">The job was run before.</exception>
    /// <exception cref="ObjectDisposedException">The <see cref="CodDownload"/> that created the job was disposed.</exception>
    /// <exception cref="JobFailedException">Nothing more could succeed: no permission, or the destination is full or not writable.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled, or <see cref="Cancel"/> was called.</exception>
    public Task<JobResult> RunAsync(CancellationToken cancellationToken = default) => RunAsync(null, null, cancellationToken);

    /// <summary>Runs the job to its end, and reports how far it is as a whole.</summary>
    /// <param name="progress">
    /// Receives the totals about four times per second and once more at the end; never at the same time as an event is raised, and not after
    /// <see cref="Completed"/>. What it throws is logged and harms nothing. (<see cref="Progress{T}"/> posts to the thread that created it, and
    /// therefore reports later.) <see langword="null"/> for none.
    /// </param>
    /// <param name="cancellationToken">Ends the job within about a second; what is saved stays, and nothing half is left visible.</param>
    /// <returns>What was done. Instances, series and studies that failed are in it; they throw nothing.</returns>
    /// <exception cref="InvalidOperationException">The job was run before.</exception>
    /// <exception cref="ObjectDisposedException">The <see cref="CodDownload"/> that created the job was disposed.</exception>
    /// <exception cref="JobFailedException">Nothing more could succeed: no permission, or the destination is full or not writable.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled, or <see cref="Cancel"/> was called.</exception>
    public Task<JobResult> RunAsync(IProgress<JobProgress>? progress, CancellationToken cancellationToken = default) => RunAsync(progress, null, cancellationToken);

    /// <summary>Runs the job, and enumerates what happens. Events are raised as well.</summary>
    /// <param name="cancellationToken">Cancels the job; events that wait to be taken are still enumerated.</param>
    /// <returns>
    /// The events in the order in which they happened, the last one a <see cref="JobCompletedEventArgs"/>. The job starts with the enumeration and runs
    /// ahead by a bounded number: a slow consumer applies back-pressure. Leaving the loop early cancels the job and waits for its end.
    /// </returns>
    /// <exception cref="InvalidOperationException">The job was run before.</exception>
    /// <exception cref="ObjectDisposedException">The <see cref="CodDownload"/> that created the job was disposed.</exception>
    /// <exception cref="JobFailedException">Nothing more could succeed: no permission, or the destination is full or not writable.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled, or <see cref="Cancel"/> was called.</exception>
    public async IAsyncEnumerable<JobEvent> StreamAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = Channel.CreateBounded<JobEvent>(new BoundedChannelOptions(StreamAhead) { SingleReader = true });
        var running = RunToChannelAsync(events.Writer, leaving.Token);
        try
        {
            // Without the token: what has happened is still enumerated, and the job's end ends this.
            await foreach (var next in events.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return next;
            }

            await running.ConfigureAwait(false);
        }
        finally
        {
            events.Writer.TryComplete();
            await leaving.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Starts the job in the background and returns at once. Await <see cref="Completion"/> for its end.</summary>
    /// <exception cref="InvalidOperationException">The job was run before.</exception>
    /// <exception cref="ObjectDisposedException">The <see cref="CodDownload"/> that created the job was disposed.</exception>
    public void Start() => _ = RunAsync(null, null, CancellationToken.None);

    /// <summary>
    /// Stops the job gracefully: what is under way is finished, nothing more is begun, and the outcome is <see cref="JobOutcome.Stopped"/> unless
    /// everything was done. Another job continues from there. Also resumes a paused job, so that it can end.
    /// </summary>
    /// <returns>A task that ends when the job has ended, whatever its outcome; at once for a job that was not run, which then does nothing when it is.</returns>
    public async Task StopAsync()
    {
        _control.Stop();
        if (Volatile.Read(ref _isStarted) != 0)
        {
            await ((Task)Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends the job within about a second; what is saved stays, and nothing half is left visible. Does not wait for the end.</summary>
    public void Cancel() => _control.Cancel();

    /// <summary>
    /// Pauses the job: what is under way (segments, and the completion of a study) is finished, and nothing more is begun until <see cref="Resume"/>.
    /// Requests for metadata that are under way end by themselves.
    /// </summary>
    /// <returns>A task that ends when nothing is under way, or when the job is resumed or ends.</returns>
    public Task PauseAsync() => Task.WhenAny(_control.Gate.PauseAsync(), Completion);

    /// <summary>Resumes a paused job; has no effect on another.</summary>
    public void Resume() => _control.Gate.Resume();

    private Task<JobResult> RunAsync(IProgress<JobProgress>? progress, ChannelWriter<JobEvent>? stream, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isStarted, 1) != 0)
        {
            throw new InvalidOperationException("The job was run before. Create another one with CodDownload; it continues where this one ended.");
        }

        _running.Add(this);
        _ = CompleteAsync(progress, stream, cancellationToken);
        return Completion;
    }

    private async Task CompleteAsync(IProgress<JobProgress>? progress, ChannelWriter<JobEvent>? stream, CancellationToken cancellationToken)
    {
        // The caller goes on at once, whatever the first steps take.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var result = await _runner.RunAsync(_control, Raise, stream, progress, cancellationToken).ConfigureAwait(false);
            _completion.SetResult(result);
        }
        catch (OperationCanceledException e)
        {
            _completion.SetCanceled(e.CancellationToken);
        }
#pragma warning disable CA1031 // Whatever ends the run is the outcome of its task.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _completion.SetException(e);
        }
        finally
        {
            _running.Remove(this);
        }
    }

    private async Task RunToChannelAsync(ChannelWriter<JobEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(null, events, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            events.TryComplete();
        }
    }

    private void Raise(JobEvent args)
    {
        switch (args)
        {
            case SeriesProgressEventArgs progress:
                Progress?.Invoke(this, progress);
                break;
            case SeriesDownloadedEventArgs downloaded:
                Downloaded?.Invoke(this, downloaded);
                break;
            case SeriesExtractedEventArgs extracted:
                Extracted?.Invoke(this, extracted);
                break;
            case InstanceSavedEventArgs saved:
                Saved?.Invoke(this, saved);
                break;
            case InstanceSkippedEventArgs skipped:
                Skipped?.Invoke(this, skipped);
                break;
            case JobErrorEventArgs error:
                Error?.Invoke(this, error);
                break;
            case JobCompletedEventArgs completed:
                Completed?.Invoke(this, completed);
                break;
        }
    }
}
