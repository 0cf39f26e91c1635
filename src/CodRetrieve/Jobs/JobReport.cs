namespace CodRetrieve.Jobs;

/// <summary>Gathers what came of a job. Safe for use by several connections at once.</summary>
internal sealed class JobReport
{
    private readonly object _lock = new();
    private readonly List<SeriesResult> _series = [];
    private readonly List<RetrievalFailure> _studyFailures = [];
    private readonly List<string> _missing = [];
    private long _bytesDownloaded;

    public void AddBytes(int bytes) => Interlocked.Add(ref _bytesDownloaded, bytes);

    public void AddSeries(SeriesResult series)
    {
        lock (_lock)
        {
            _series.Add(series);
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
                StopCause = stopCause,
            };
        }
    }
}
