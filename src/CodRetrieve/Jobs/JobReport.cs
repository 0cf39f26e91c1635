using CodRetrieve.Diagnostics;

namespace CodRetrieve.Jobs;

/// <summary>Gathers what came of a job. Safe for use by several connections at once.</summary>
internal sealed class JobReport
{
    private readonly object _lock = new();
    private readonly HashSet<SeriesRun> _open = new(ReferenceEqualityComparer.Instance);
    private readonly List<SeriesResult> _series = [];
    private readonly List<RetrievalFailure> _studyFailures = [];
    private readonly List<string> _missing = [];
    private long _bytesDownloaded;

    public void AddBytes(int bytes)
    {
        Interlocked.Add(ref _bytesDownloaded, bytes);
        CodMeter.BytesReceived.Add(bytes);
    }

    /// <summary>Follows a series from now on, in place of the run before it where there was one.</summary>
    public void Open(SeriesRun run, SeriesRun? before)
    {
        lock (_lock)
        {
            _open.Add(run);
            if (before is not null)
            {
                _open.Remove(before);
            }
        }
    }

    /// <summary>Notes what came of a series.</summary>
    public void Close(SeriesRun run)
    {
        lock (_lock)
        {
            _open.Remove(run);
            _series.Add(run.ToResult());
        }
    }

    /// <summary>What the series under way still have to save, and what of them is being written.</summary>
    public (long BytesToSave, long BytesWriting) Pending()
    {
        lock (_lock)
        {
            return (_open.Sum(static run => run.BytesToSave), _open.Sum(static run => run.BytesWriting));
        }
    }

    public void AddStudyFailure(RetrievalFailure failure)
    {
        lock (_lock)
        {
            _studyFailures.Add(failure);
        }
    }

    public void AddMissingStudy(string study)
    {
        lock (_lock)
        {
            _missing.Add(study);
        }
    }

    public JobResult ToResult(TimeSpan elapsed, bool isCancelled, Exception? stopCause)
    {
        lock (_lock)
        {
            _series.AddRange(_open.Select(run => run.ToResult(isInterrupted: true)));
            _open.Clear();
            var failures = _studyFailures.Concat(_series.SelectMany(series => series.Failures)).ToList();
            return new JobResult
            {
                Outcome = isCancelled ? JobOutcome.Cancelled
                    : stopCause is not null ? JobOutcome.Stopped
                    : failures.Count > 0 || _missing.Count > 0 ? JobOutcome.Incomplete
                    : JobOutcome.Complete,
                Series = [.. _series],
                MissingStudies = [.. _missing],
                Failures = failures,
                BytesDownloaded = Interlocked.Read(ref _bytesDownloaded),
                Elapsed = elapsed,
                FatalException = stopCause,
            };
        }
    }
}
