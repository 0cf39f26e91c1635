namespace CodRetrieve;

/// <summary>How far a job is as a whole. Immutable: a picture of one moment.</summary>
/// <remarks>What a job wants becomes known while it runs, study by study: totals grow until <see cref="IsPlanningComplete"/>.</remarks>
public sealed record JobProgress
{
    internal JobProgress()
    {
    }

    /// <summary>Gets the bytes of instances that have arrived. What is fetched twice counts once.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Gets the bytes of the instances that the job wants, so far as is known.</summary>
    public required long BytesWanted { get; init; }

    /// <summary>Gets the number of instances that the job has saved.</summary>
    public required int InstancesSaved { get; init; }

    /// <summary>Gets the number of instances that the job wants, so far as is known; those that were saved before it began are not among them.</summary>
    public required int InstancesWanted { get; init; }

    /// <summary>Gets the number of instances that the job is to see to, so far as is known, those that were saved before it began included.</summary>
    public int InstancesSelected { get; init; }

    /// <summary>Gets the number of instances that the indexes list and that are not selected, so far as is known.</summary>
    public int InstancesNotSelected { get; init; }

    /// <summary>Gets the number of instances known to have failed, as in <see cref="JobResult.InstancesFailed"/>.</summary>
    public required int InstancesFailed { get; init; }

    /// <summary>Gets the number of series that have ended, whatever their outcome.</summary>
    public required int SeriesCompleted { get; init; }

    /// <summary>Gets the number of series known, those of which nothing is missing included.</summary>
    public required int SeriesDiscovered { get; init; }

    /// <summary>
    /// Gets a value indicating whether every study is listed and every index read, so that the totals no longer grow (unless a tar changes
    /// meanwhile).
    /// </summary>
    public required bool IsPlanningComplete { get; init; }

    /// <summary>Gets the bytes of instances received per second, over the last ten seconds; 0 where none arrived.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>Gets the time since the start of the job.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>
    /// Gets how long the store has given nothing of what it is asked for, while requests are tried again (<see cref="CodDownloadOptions.MaxOutage"/>); zero while it
    /// gives. A moment is nothing unusual.
    /// </summary>
    public TimeSpan OutageDuration { get; init; }

    /// <summary>
    /// Gets an estimate of the time left, from the bytes left and <see cref="BytesPerSecond"/>; <see langword="null"/> before
    /// <see cref="IsPlanningComplete"/>, and while nothing comes.
    /// </summary>
    public required TimeSpan? EstimatedTimeRemaining { get; init; }
}
