using System.Runtime.CompilerServices;
using System.Threading.Channels;
using CodRetrieve.Jobs;

namespace CodRetrieve;

/// <summary>One retrieval: what is missing of some studies is fetched, verified and saved. Made by <see cref="CodDownload"/>.</summary>
/// <remarks>
/// <para>Subscribe before the start. Events are raised one at a time, from the thread pool, in order within a series. A
/// handler that throws is logged and harms nothing; one that is slow slows the job down, since events wait in a queue of bounded size.</para>
/// <para>Instead of (or beside) events: <see cref="StartAsync(IProgress{JobProgress}, CancellationToken)"/> tells the totals, and
/// <see cref="RunAsync"/> gives the saved instances one by one.</para>
/// <para>A job runs once; make another one to go on where it ended.</para>
/// </remarks>
public sealed class Job
{
    // Enough to keep the connections busy while the one who pulls looks at one instance.
    private const int PullAhead = 64;

    private readonly JobRunner _runner;
    private JobResult? _result;
    private int _started;

    internal Job(JobRunner runner) => _runner = runner;

    /// <summary>Bytes of a series arrived.</summary>
    public event EventHandler<SeriesProgressEventArgs>? Progress;

    /// <summary>All wanted bytes of a series have arrived. Not raised for a series of which nothing is wanted.</summary>
    public event EventHandler<SeriesDownloadedEventArgs>? Downloaded;

    /// <summary>All wanted instances of a series are extracted. Not raised for a series with failures.</summary>
    public event EventHandler<SeriesExtractedEventArgs>? Extracted;

    /// <summary>One instance was saved.</summary>
    public event EventHandler<InstanceSavedEventArgs>? Saved;

    /// <summary>The job ended: complete, incomplete, stopped or cancelled. The last event.</summary>
    public event EventHandler<JobCompletedEventArgs>? Completed;

    /// <summary>A study, a series or an instance failed, or the job was stopped.</summary>
    public event EventHandler<JobErrorEventArgs>? Error;

    /// <summary>The studies asked for, each once, in the order given.</summary>
    public IReadOnlyList<string> StudyInstanceUids => _runner.Studies;

    /// <summary>
    /// What the job did; <see langword="null"/> until it has ended. Also there for a job that was stopped or cancelled, however it was run.
    /// </summary>
    public JobResult? Result => Volatile.Read(ref _result);

    /// <summary>Runs the job.</summary>
    /// <param name="cancellationToken">Ends the job within about a second; what is saved stays, and nothing half is left visible.</param>
    /// <returns>What was done. Single instances, series and studies that failed are in it; they throw nothing.</returns>
    /// <exception cref="InvalidOperationException">The job was started before.</exception>
    /// <exception cref="JobStoppedException">Nothing more could succeed: no permission, or the destination is full or not writable.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<JobResult> StartAsync(CancellationToken cancellationToken = default) => StartAsync(null, null, cancellationToken);

    /// <summary>Runs the job, and tells how far it is as a whole.</summary>
    /// <param name="progress">
    /// Told about four times a second, and once more at the end; never at the same time as an event is raised, and not after
    /// <see cref="Completed"/>. What it throws is logged and harms nothing. (<see cref="Progress{T}"/> hands on to the thread that made it,
    /// and therefore later.)
    /// </param>
    /// <param name="cancellationToken">Ends the job within about a second; what is saved stays, and nothing half is left visible.</param>
    /// <returns>What was done. Single instances, series and studies that failed are in it; they throw nothing.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="progress"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The job was started before.</exception>
    /// <exception cref="JobStoppedException">Nothing more could succeed: no permission, or the destination is full or not writable.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<JobResult> StartAsync(IProgress<JobProgress> progress, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(progress);
        return StartAsync(progress, null, cancellationToken);
    }

    /// <summary>Runs the job, and gives each instance as soon as it is saved.</summary>
    /// <param name="cancellationToken">Ends the job; instances that wait to be taken are still given.</param>
    /// <returns>
    /// The instances, in the order in which they were saved. The job starts when they are enumerated, and runs ahead by a bounded number:
    /// who takes slowly slows the job down. Leaving the loop early cancels the job and waits for its end. Afterwards
    /// <see cref="Result"/> tells what failed. Events are raised as well.
    /// </returns>
    /// <exception cref="InvalidOperationException">The job was started before.</exception>
    /// <exception cref="JobStoppedException">Nothing more could succeed: no permission, or the destination is full or not writable.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async IAsyncEnumerable<InstanceResult> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var saved = Channel.CreateBounded<InstanceResult>(new BoundedChannelOptions(PullAhead) { SingleReader = true });
        var running = PushAsync(saved.Writer, leaving.Token);
        try
        {
            // Without the token: what is saved already is given, and the job's end ends this.
            await foreach (var instance in saved.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return instance;
            }

            await running.ConfigureAwait(false);
        }
        finally
        {
            await leaving.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PushAsync(ChannelWriter<InstanceResult> saved, CancellationToken cancellationToken)
    {
        try
        {
            await StartAsync(null, saved, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            saved.Complete();
        }
    }

    private Task<JobResult> StartAsync(IProgress<JobProgress>? progress, ChannelWriter<InstanceResult>? pull, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("The job was started before. Make another one with CodDownload.DownloadAsync; it goes on where this one ended.");
        }

        return _runner.RunAsync(
            new JobEventSinks
            {
                Progress = args => Progress?.Invoke(this, args),
                Downloaded = args => Downloaded?.Invoke(this, args),
                Extracted = args => Extracted?.Invoke(this, args),
                Saved = args => Saved?.Invoke(this, args),
                Completed = Complete,
                Error = args => Error?.Invoke(this, args),
                Totals = progress,
                Pull = pull,
            },
            cancellationToken);
    }

    private void Complete(JobCompletedEventArgs args)
    {
        Volatile.Write(ref _result, args.Result);
        Completed?.Invoke(this, args);
    }
}
