namespace CodRetrieve;

/// <summary>How far a job is as a whole. Immutable: a picture of one moment.</summary>
/// <remarks>What a job wants becomes known while it runs, study by study: totals grow until <see cref="IsPlanningComplete"/>.</remarks>
public sealed record JobProgress
{
    internal JobProgress()
    {
    }

    /// <summary>The bytes of instances that have arrived. What is fetched twice counts once.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>The bytes of the instances that the job wants, so far as is known.</summary>
    public required long BytesWanted { get; init; }

    /// <summary>Instances that the job has saved.</summary>
    public required int InstancesSaved { get; init; }

    /// <summary>Instances that the job wants, so far as is known; those that were saved before it began are not among them.</summary>
    public required int InstancesWanted { get; init; }

    /// <summary>Instances known to have failed, as in <see cref="JobResult.InstancesFailed"/>.</summary>
    public required int InstancesFailed { get; init; }

    /// <summary>Series that the job came to an end with, whatever the end.</summary>
    public required int SeriesCompleted { get; init; }

    /// <summary>Series known, those of which nothing is missing included.</summary>
    public required int SeriesDiscovered { get; init; }

    /// <summary>Whether every study is listed and every index read, so that the totals no longer grow (unless a tar changes meanwhile).</summary>
    public required bool IsPlanningComplete { get; init; }

    /// <summary>Bytes of instances a second, over the last ten seconds; 0 where nothing came.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>Since the start of the job.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>
    /// An estimate of the time left, from the bytes left and <see cref="BytesPerSecond"/>; <see langword="null"/> before
    /// <see cref="IsPlanningComplete"/>, and while nothing comes.
    /// </summary>
    public required TimeSpan? EstimatedTimeRemaining { get; init; }
}
