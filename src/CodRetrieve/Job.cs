using CodRetrieve.Jobs;

namespace CodRetrieve;

/// <summary>One retrieval: what is missing of some studies is fetched, verified and saved. Made by <see cref="CodDownload"/>.</summary>
/// <remarks>
/// <para>Subscribe before <see cref="StartAsync"/>. Events are raised one at a time, from the thread pool, in order within a series. A
/// handler that throws is logged and harms nothing; one that is slow slows the job down, since events wait in a queue of bounded size.</para>
/// <para>A job runs once; make another one to go on where it ended.</para>
/// </remarks>
public sealed class Job
{
    private readonly JobRunner _runner;
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

    /// <summary>Runs the job.</summary>
    /// <param name="cancellationToken">Ends the job within about a second; what is saved stays, and nothing half is left visible.</param>
    /// <returns>What was done. Single instances, series and studies that failed are in it; they throw nothing.</returns>
    /// <exception cref="InvalidOperationException">The job was started before.</exception>
    /// <exception cref="JobStoppedException">Nothing more could succeed: no permission, or the destination is full or not writable.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<JobResult> StartAsync(CancellationToken cancellationToken = default)
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
                Completed = args => Completed?.Invoke(this, args),
                Error = args => Error?.Invoke(this, args),
            },
            cancellationToken);
    }
}
