using CodRetrieve.Planning;

namespace CodRetrieve.Jobs;

/// <content>What came of the series, and what may still come.</content>
internal sealed partial class SeriesRun
{
    /// <summary>
    /// The bytes that saving the rest will still take from the device: those of instances neither saved nor being written, which have taken
    /// theirs already. Never more than the tar holds, whatever sizes the index claims.
    /// </summary>
    public long BytesToSave
    {
        get
        {
            lock (_lock)
            {
                return _isAbandoned ? 0 : Math.Max(0, _bytesWanted - _bytesSavedHere - _bytesWriting);
            }
        }
    }

    /// <summary>The bytes of the instances that are being written.</summary>
    public long BytesWriting
    {
        get
        {
            lock (_lock)
            {
                return _bytesWriting;
            }
        }
    }

    public void BeginWriting(InstanceInfo instance) => AddWriting(InTar(instance));

    public void EndWriting(InstanceInfo instance) => AddWriting(-InTar(instance));

    /// <summary>What came of the series, or had come of it when the job was stopped or cancelled.</summary>
    public SeriesResult ToResult(bool isInterrupted = false)
    {
        lock (_lock)
        {
            var failed = _failures.Sum(failure => failure.InstanceCount);
            var there = Survey.InstancesSaved + _saved.Count - _savedBefore;
            return new SeriesResult(Series)
            {
                Outcome = isInterrupted ? SeriesOutcome.Interrupted
                    : _failures.Count > 0
                    ? (there > 0 ? SeriesOutcome.Incomplete : SeriesOutcome.Failed)
                    : (_saved.Count > 0 ? SeriesOutcome.Saved : SeriesOutcome.AlreadySaved),
                InstancesSaved = _saved.Count,
                InstancesUnverified = _unverified,
                InstancesSkipped = Survey.InstancesSaved - _savedBefore,
                InstancesFailed = failed,
                BytesSaved = _bytesSaved,
                Failures = [.. _failures],
                Warnings = Survey.Warnings,
            };
        }
    }

    // What the first run saved, and the second need not fetch again, this job has saved.
    private void TakeOver(SeriesRun before)
    {
        var wantedAgain = Survey.Wanted.Select(instance => instance.SopInstanceUid).ToHashSet(StringComparer.Ordinal);
        var listed = Series.Instances.Select(instance => instance.SopInstanceUid).ToHashSet(StringComparer.Ordinal);
        foreach (var instance in before.SavedInstances())
        {
            if (listed.Contains(instance.SopInstanceUid) && !wantedAgain.Contains(instance.SopInstanceUid))
            {
                _saved.Add(instance);
                _unverified += instance.Crc32c is null ? 1 : 0;
                _bytesSaved += instance.SizeBytes ?? 0;
            }
        }

        _savedBefore = _saved.Count;
    }

    private long TarBytes => Survey.Content.Listing.Tar?.SizeBytes ?? 0;

    private long Wanted(SeriesPlan plan)
    {
        var bytes = plan.UncutBytes;
        foreach (var instance in plan.ByName)
        {
            bytes = Math.Min(TarBytes, bytes + InTar(instance));
        }

        return bytes;
    }

    private long InTar(InstanceInfo instance) => Math.Min(instance.SizeBytes ?? 0, TarBytes);

    private void AddWriting(long bytes)
    {
        lock (_lock)
        {
            _bytesWriting += bytes;
        }
    }
}
