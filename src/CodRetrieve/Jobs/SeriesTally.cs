using CodRetrieve.Diagnostics;
using CodRetrieve.Planning;

namespace CodRetrieve.Jobs;

/// <summary>
/// What came of one series so far. Everything that counts instances or bytes of a job is a sum of these. Safe for use by several connections at
/// once.
/// </summary>
internal sealed class SeriesTally
{
    private readonly object _lock = new();
    private readonly SeriesDelta _delta;
    private readonly List<RetrievalFailure> _failures = [];
    private readonly (int Instances, int Updated, int Unverified, long Bytes) _carried;
    private int _saved;
    private int _updated;
    private int _unverified;
    private long _bytesSaved;
    private long _bytesWriting;
    private int _arrived;
    private int _verified;

    /// <param name="delta">What is wanted of the series.</param>
    /// <param name="progress">The bytes that arrived.</param>
    /// <param name="carried">What this job had saved of the series before its tar changed, and need not save again.</param>
    public SeriesTally(SeriesDelta delta, SeriesProgress progress, (int Instances, int Updated, int Unverified, long Bytes) carried)
    {
        _delta = delta;
        _carried = carried;
        Progress = progress;
        BytesPlanned = progress.BytesTotal;
    }

    public SeriesProgress Progress { get; }

    /// <summary>The bytes that this job wants of the series, with those that arrived before its tar changed.</summary>
    public long BytesPlanned { get; }

    /// <summary>The instances that this job wants of the series.</summary>
    public int InstancesWanted => _delta.Wanted.Count + _carried.Instances;

    public int InstancesSelected => _delta.Content.Selected.Count;

    public int InstancesNotSelected => _delta.Content.InstancesNotSelected;

    public int InstancesSaved => Read(() => _carried.Instances + _saved);

    public int InstancesFailed => Read(() => _failures.Sum(static failure => failure.InstanceCount));

    public long BytesSaved => Read(() => _carried.Bytes + _bytesSaved);

    public IReadOnlyList<RetrievalFailure> Failures => Read(() => _failures.ToArray());

    /// <summary>The bytes written since the series was planned, and being written.</summary>
    public long BytesTaken => Read(() => _bytesSaved + _bytesWriting);

    public void AddSaved(InstanceInfo instance, long sizeBytes)
    {
        lock (_lock)
        {
            _saved++;
            _updated += _delta.IsUpdate(instance) ? 1 : 0;
            _unverified += instance.Crc32c is null ? 1 : 0;
            _bytesSaved += sizeBytes;
        }

        CodMeter.InstancesSaved.Add(1);
    }

    public void AddFailure(RetrievalFailure failure)
    {
        lock (_lock)
        {
            _failures.Add(failure);
        }
    }

    public void AddWriting(long bytes)
    {
        lock (_lock)
        {
            _bytesWriting += bytes;
        }
    }

    /// <summary>The bytes of a wanted instance arrived for the first time.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool AddArrived() => Read(() => ++_arrived == _delta.Wanted.Count);

    /// <summary>A wanted instance was verified.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool AddVerified() => Read(() => ++_verified == _delta.Wanted.Count);

    /// <summary>Returns what came of the series, or had come of it when the job was stopped or cancelled.</summary>
    public SeriesResult ToResult(bool isInterrupted = false) => Read(() =>
    {
        var saved = _carried.Instances + _saved;
        var skipped = _delta.InstancesSaved - _carried.Instances;
        return new SeriesResult(_delta.Series)
        {
            Outcome = isInterrupted ? SeriesOutcome.Interrupted
                : _failures.Count > 0
                ? (saved + skipped > 0 ? SeriesOutcome.Incomplete : SeriesOutcome.Failed)
                : (saved > 0 ? SeriesOutcome.Saved : SeriesOutcome.AlreadySaved),
            InstancesSaved = saved,
            InstancesUpdated = _carried.Updated + _updated,
            InstancesUnverified = _carried.Unverified + _unverified,
            InstancesSkipped = skipped,
            InstancesAdopted = Math.Min(_delta.InstancesAdopted, skipped),
            InstancesFailed = _failures.Sum(static failure => failure.InstanceCount),
            InstancesNotSelected = _delta.Content.InstancesNotSelected,
            InstancesUndecided = _delta.Content.InstancesUndecided,
            BytesSaved = _carried.Bytes + _bytesSaved,
            Failures = _failures.Count == 0 ? [] : [.. _failures],
            Warnings = _delta.Warnings,
        };
    });

    private T Read<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }
}
