using CodRetrieve.Diagnostics;

namespace CodRetrieve.Jobs;

/// <summary>
/// All that came of a job so far: its progress, its result and its statistics are read off here. Safe for use by several connections at once.
/// </summary>
/// <param name="wantsStats">Whether statistics are gathered.</param>
internal sealed class JobTally(bool wantsStats)
{
    private readonly object _lock = new();
    private readonly HashSet<SeriesRun> _open = new(ReferenceEqualityComparer.Instance);
    private readonly List<SeriesResult> _series = [];
    private readonly List<RetrievalFailure> _studyFailures = [];
    private readonly List<string> _missing = [];
    private readonly List<string> _completed = [];
    private readonly List<string> _busy = [];
    private readonly Dictionary<string, string> _holders = new(StringComparer.Ordinal);
    private readonly List<(int Study, int Series, SeriesStats Stats)> _stats = [];
    private Sums _closed;
    private LeftOutCount _leftOut;
    private int _seriesDiscovered;
    private bool _isPlanningComplete;
    private long _wireBytes;

    public long BytesReceived
    {
        get
        {
            lock (_lock)
            {
                return _closed.BytesReceived + _open.Sum(static run => run.Tally.Progress.BytesReceived);
            }
        }
    }

    /// <summary>Whether studies are not planned, or series not ended.</summary>
    public bool IsUnfinished
    {
        get
        {
            lock (_lock)
            {
                return !_isPlanningComplete || _open.Count > 0;
            }
        }
    }

    public void AddWireBytes(int bytes)
    {
        Interlocked.Add(ref _wireBytes, bytes);
        CodMeter.BytesReceived.Add(bytes);
    }

    /// <summary>Follows a series from now on.</summary>
    public void Open(SeriesRun run)
    {
        lock (_lock)
        {
            _open.Add(run);
            _seriesDiscovered++;
        }
    }

    /// <summary>Follows a series that was planned again, in place of its abandoned run.</summary>
    public void Replace(SeriesRun abandoned, SeriesRun again)
    {
        lock (_lock)
        {
            _open.Remove(abandoned);
            _open.Add(again);
        }
    }

    /// <summary>Notes what came of a series.</summary>
    public void Close(SeriesRun run)
    {
        var result = run.Tally.ToResult();
        lock (_lock)
        {
            _open.Remove(run);
            _series.Add(result);
            _closed = _closed.Plus(run.Tally) with { Series = _closed.Series + 1 };
        }

        CodMeter.InstancesFailed.Add(result.InstancesFailed);
    }

    public void AddStats(int study, int series, SeriesStats stats)
    {
        if (wantsStats)
        {
            lock (_lock)
            {
                _stats.Add((study, series, stats));
            }
        }
    }

    /// <summary>Counts what of the studies is not selected.</summary>
    public void AddLeftOut(LeftOutCount count)
    {
        lock (_lock)
        {
            _leftOut = _leftOut.Plus(count);
        }
    }

    public void AddStudyFailure(RetrievalFailure failure) => Add(_studyFailures, failure);

    public void AddCompletedStudy(string study) => Add(_completed, study);

    public void AddMissingStudy(string study) => Add(_missing, study);

    public void AddBusyStudy(string study, string? holder)
    {
        lock (_lock)
        {
            _busy.Add(study);
            if (holder is not null)
            {
                _holders[study] = holder;
            }
        }
    }

    /// <summary>Every study is listed and every index read.</summary>
    /// <returns>The statistics; empty where they were not wanted.</returns>
    public DownloadStats CompletePlanning()
    {
        lock (_lock)
        {
            _isPlanningComplete = true;
            var stats = _stats.OrderBy(static one => (one.Study, one.Series)).Select(static one => one.Stats).ToArray();
            _stats.Clear();
            return new DownloadStats(stats, [.. _missing], [.. _studyFailures]) { LeftOut = _leftOut };
        }
    }

    /// <summary>Returns what the series under way still have to save, in bytes.</summary>
    public long BytesToSave()
    {
        lock (_lock)
        {
            return _open.Sum(static run => run.BytesToSave);
        }
    }

    public JobProgress ToProgress(double bytesPerSecond, TimeSpan elapsed)
    {
        lock (_lock)
        {
            // Failures of a series count when it ends: until then its tar may turn out to have changed, and all be well.
            var sums = _open.Aggregate(_closed, static (sums, run) => sums.Plus(run.Tally)) with { Failed = _closed.Failed };
            return new JobProgress
            {
                BytesReceived = sums.BytesReceived,
                BytesWanted = sums.BytesWanted,
                InstancesSaved = sums.Saved,
                InstancesWanted = sums.Wanted,
                InstancesFailed = sums.Failed,
                InstancesSelected = sums.Selected,
                InstancesNotSelected = _leftOut.Instances + sums.NotSelected,
                SeriesCompleted = sums.Series,
                SeriesDiscovered = _seriesDiscovered,
                IsPlanningComplete = _isPlanningComplete,
                BytesPerSecond = bytesPerSecond,
                Elapsed = elapsed,
                EstimatedTimeRemaining = _isPlanningComplete ? TimeRemaining(sums.BytesWanted - sums.BytesReceived, bytesPerSecond) : null,
            };
        }
    }

    /// <summary>Ends the job's account. Series that have not ended are in the result as interrupted.</summary>
    /// <param name="elapsed">How long the job ran.</param>
    /// <param name="outcome">How it ended; <see langword="null"/> where it ran to its end, and what failed decides.</param>
    /// <param name="fatal">What ended it early.</param>
    /// <returns>The result, and the failures in it that no event was raised for.</returns>
    public (JobResult Result, IReadOnlyList<RetrievalFailure> Unreported) ToResult(TimeSpan elapsed, JobOutcome? outcome, Exception? fatal)
    {
        lock (_lock)
        {
            var interrupted = _open.Select(static run => run.Tally.ToResult(isInterrupted: true)).ToList();
            _series.AddRange(interrupted);
            _open.Clear();
            var failures = _studyFailures.Concat(_series.SelectMany(static series => series.Failures)).ToList();
            var result = new JobResult
            {
                Outcome = outcome ?? (failures.Count + _missing.Count + _busy.Count > 0 ? JobOutcome.Incomplete : JobOutcome.Complete),
                Series = [.. _series],
                CompletedStudies = [.. _completed],
                MissingStudies = [.. _missing],
                BusyStudies = [.. _busy],
                BusyStudyHolders = new Dictionary<string, string>(_holders, StringComparer.Ordinal),
                Failures = failures,
                BytesDownloaded = Interlocked.Read(ref _wireBytes),
                Elapsed = elapsed,
                FatalException = fatal,
                LeftOut = _leftOut,
            };
            return (result, [.. interrupted.SelectMany(static series => series.Failures)]);
        }
    }

    private void Add<T>(List<T> list, T item)
    {
        lock (_lock)
        {
            list.Add(item);
        }
    }

    private static TimeSpan? TimeRemaining(long bytes, double bytesPerSecond)
    {
        if (bytes <= 0)
        {
            return TimeSpan.Zero;
        }

        var seconds = bytes / bytesPerSecond;
        return seconds < TimeSpan.FromDays(10_000).TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    private readonly record struct Sums(long BytesReceived, long BytesWanted, int Saved, int Wanted, int Failed, int Selected, int NotSelected, int Series)
    {
        public Sums Plus(SeriesTally tally) => new(
            BytesReceived + tally.Progress.BytesReceived,
            BytesWanted + tally.BytesPlanned,
            Saved + tally.InstancesSaved,
            Wanted + tally.InstancesWanted,
            Failed + tally.InstancesFailed,
            Selected + tally.InstancesSelected,
            NotSelected + tally.InstancesNotSelected,
            Series);
    }
}
