using System.Collections.ObjectModel;

namespace CodRetrieve;

/// <summary>What a job did. Immutable.</summary>
public sealed class JobResult
{
    internal JobResult()
    {
    }

    /// <summary>Gets how the job ended.</summary>
    public required JobOutcome Outcome { get; init; }

    /// <summary>
    /// Gets the series in the order in which they ended; behind them, of a job that was stopped or cancelled,
    /// those that it was in the middle of (<see cref="SeriesOutcome.Interrupted"/>).
    /// </summary>
    public required IReadOnlyList<SeriesResult> Series { get; init; }

    /// <summary>
    /// Gets the studies of which everything that the store lists is saved, in the order in which they were completed; also of a job that was stopped, cancelled or failed.
    /// </summary>
    public IReadOnlyList<string> CompletedStudies { get; init; } = [];

    /// <summary>Gets the studies that were asked for and do not exist in the store (or that the credential may not know of).</summary>
    public required IReadOnlyList<string> MissingStudies { get; init; }

    /// <summary>
    /// Gets the studies that another job was saving to the same destination all the time. Nothing of them was fetched; run again when it has ended.
    /// </summary>
    public required IReadOnlyList<string> BusyStudies { get; init; }

    /// <summary>
    /// Gets who had each of <see cref="BusyStudies"/>, for people, such as <c>process 1234 of anna on pc7</c>; those of which it is not known are not in it.
    /// </summary>
    public IReadOnlyDictionary<string, string> BusyStudyHolders { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Gets everything that failed: studies, series and instances.</summary>
    public required IReadOnlyList<RetrievalFailure> Failures { get; init; }

    /// <summary>Gets the number of instances that this job saved.</summary>
    public int InstancesSaved => Series.Sum(series => series.InstancesSaved);

    /// <summary>Gets the number of those of <see cref="InstancesSaved"/> that replaced an instance with other bytes.</summary>
    public int InstancesUpdated => Series.Sum(series => series.InstancesUpdated);

    /// <summary>
    /// Gets the number of those of <see cref="InstancesSaved"/> for which neither the index nor the tar as a whole gave a CRC32C, so that only their
    /// size was checked.
    /// </summary>
    public int InstancesUnverified => Series.Sum(series => series.InstancesUnverified);

    /// <summary>Gets the number of instances that were saved before and skipped.</summary>
    public int InstancesSkipped => Series.Sum(series => series.InstancesSkipped);

    /// <summary>
    /// Gets the number of those of <see cref="InstancesSkipped"/> that were there without a record of their saving, and whose bytes were read and are what
    /// the index lists.
    /// </summary>
    public int InstancesAdopted => Series.Sum(series => series.InstancesAdopted);

    /// <summary>Gets the number of instances known to be missing at the end.</summary>
    public int InstancesFailed => Series.Sum(series => series.InstancesFailed);

    /// <summary>Gets the number of series of which nothing is selected; they are not in <see cref="Series"/>.</summary>
    public int SeriesNotSelected => LeftOut.Series;

    /// <summary>
    /// Gets the number of instances that the indexes list and that are not selected. Those of series that are left out by their UIDs are not known, and not counted.
    /// </summary>
    public int InstancesNotSelected => LeftOut.Instances + Series.Sum(static series => series.InstancesNotSelected);

    /// <summary>Gets the number of instances whose attributes do not tell whether they are selected; see <see cref="Selection.Unknown"/>.</summary>
    public int InstancesUndecided => LeftOut.Undecided + Series.Sum(static series => series.InstancesUndecided);

    internal LeftOutCount LeftOut { get; init; }

    /// <summary>Gets the bytes of the instances that this job saved.</summary>
    public long BytesSaved => Series.Sum(series => series.BytesSaved);

    /// <summary>Gets the tar bytes received, headers between instances and whatever was fetched twice included.</summary>
    public required long BytesDownloaded { get; init; }

    /// <summary>Gets how long the job took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Gets what ended the job early; <see langword="null"/> unless <see cref="Outcome"/> is <see cref="JobOutcome.Failed"/>.</summary>
    public Exception? FatalException { get; init; }
}
