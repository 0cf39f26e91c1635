namespace CodRetrieve;

/// <summary>What a job did. Immutable.</summary>
public sealed class JobResult
{
    internal JobResult()
    {
    }

    /// <summary>How the job ended.</summary>
    public required JobOutcome Outcome { get; init; }

    /// <summary>
    /// Every series that the job came to an end with, in the order in which they ended; behind them, of a job that was stopped or cancelled,
    /// those that it was in the middle of (<see cref="SeriesOutcome.Interrupted"/>).
    /// </summary>
    public required IReadOnlyList<SeriesResult> Series { get; init; }

    /// <summary>Studies that were asked for and do not exist in the store (or that the credential may not know of).</summary>
    public required IReadOnlyList<string> MissingStudies { get; init; }

    /// <summary>
    /// Gets the studies that another job was saving to the same destination all the time. Nothing of them was fetched; run again when it has ended.
    /// </summary>
    public required IReadOnlyList<string> BusyStudies { get; init; }

    /// <summary>Everything that failed: studies, series and instances.</summary>
    public required IReadOnlyList<RetrievalFailure> Failures { get; init; }

    /// <summary>Instances that this job saved.</summary>
    public int InstancesSaved => Series.Sum(series => series.InstancesSaved);

    /// <summary>Those of <see cref="InstancesSaved"/> for which neither the index nor the tar as a whole gave a CRC32C, so that only their size was checked.</summary>
    public int InstancesUnverified => Series.Sum(series => series.InstancesUnverified);

    /// <summary>Instances that were there before.</summary>
    public int InstancesSkipped => Series.Sum(series => series.InstancesSkipped);

    /// <summary>Instances known to be missing at the end.</summary>
    public int InstancesFailed => Series.Sum(series => series.InstancesFailed);

    /// <summary>The bytes of the instances that this job saved.</summary>
    public long BytesSaved => Series.Sum(series => series.BytesSaved);

    /// <summary>The tar bytes that came over the wire: headers between instances and whatever was fetched twice included.</summary>
    public required long BytesDownloaded { get; init; }

    /// <summary>How long the job took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>What stopped the job; <see langword="null"/> unless <see cref="Outcome"/> is <see cref="JobOutcome.Failed"/>.</summary>
    public Exception? FatalException { get; init; }
}
