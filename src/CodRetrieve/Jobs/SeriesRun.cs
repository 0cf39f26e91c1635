using CodRetrieve.Planning;

namespace CodRetrieve.Jobs;

/// <summary>
/// One series on its way through a job: what is left of it to hand out, what is under way, what came of it. Safe for use by several
/// connections at once.
/// </summary>
internal sealed partial class SeriesRun
{
    private readonly object _lock = new();
    private readonly Queue<InstanceInfo> _again = new();
    private readonly List<InstanceInfo> _byName = [];
    private readonly Dictionary<InstanceInfo, Attempts> _attempts = new(ReferenceEqualityComparer.Instance);
    private readonly List<RetrievalFailure> _failures = [];
    private readonly List<InstanceInfo> _saved = [];
    private SeriesPlan? _plan;
    private long _bytesWanted;
    private int _underWay;
    private int _unverified;
    private long _bytesSaved;
    private long _bytesSavedHere;
    private long _bytesWriting;
    private int _instancesArrived;
    private int _savedBefore;
    private bool _isAbandoned;

    /// <param name="study">The series' study.</param>
    /// <param name="survey">What is wanted of the series.</param>
    /// <param name="before">The run of the series before its tar changed; <see langword="null"/> for the first run.</param>
    public SeriesRun(StudyRun study, SeriesDelta survey, SeriesRun? before = null)
    {
        Study = study;
        Survey = survey;
        IsSecond = before is not null;
        Progress = before?.Progress ?? new SeriesProgress(survey.Series, survey.BytesWanted);
        if (before is not null)
        {
            Progress.WantFurther(survey.BytesWanted);
            TakeOver(before);
        }

        BytesPlanned = Progress.BytesTotal;

        if (survey.Content.Listing.Tar is { } tar && survey.Failure is null)
        {
            Plan(SeriesPlan.Create(survey.Wanted, tar.SizeBytes));
            BeyondTar = _plan!.BeyondTar;
            _toProve = tar.Crc32c is null ? [] : [.. _plan.ByOffset.Where(static instance => instance.Crc32c is null)];
        }
    }

    public StudyRun Study { get; }

    public SeriesDelta Survey { get; }

    public SeriesInfo Series => Survey.Series;

    public SeriesProgress Progress { get; }

    /// <summary>The bytes of the series that were wanted when this run was planned, with what an earlier run had received.</summary>
    public long BytesPlanned { get; }

    public int InstancesWanted => Survey.Wanted.Count;

    /// <summary>Whether the series was planned anew already: its tar may change once under a job.</summary>
    public bool IsSecond { get; }

    /// <summary>The bytes not yet handed out in a segment.</summary>
    public long UncutBytes => _plan?.UncutBytes ?? 0;

    /// <summary>The instances that the tar cannot hold, since it ends before them.</summary>
    public IReadOnlyList<InstanceInfo> BeyondTar { get; } = [];

    /// <summary>Whether the bytes of every wanted instance arrived, whether they proved right or not.</summary>
    public bool HasArrived => _instancesArrived == InstancesWanted;

    public bool HasFailures => _failures.Count > 0;

    /// <summary>Whether nothing is left to hand out and nothing is under way.</summary>
    public bool IsEnded
    {
        get
        {
            lock (_lock)
            {
                return _underWay == 0 && (_isAbandoned || (_toProve.Count == 0 && _again.Count == 0 && _byName.Count == 0 && _plan is not { IsCut: false }));
            }
        }
    }

    /// <summary>Whether the series must be read and planned anew, since its tar is not the one that was listed.</summary>
    public bool IsAbandoned
    {
        get
        {
            lock (_lock)
            {
                return _isAbandoned;
            }
        }
    }

    public int InstancesSaved
    {
        get
        {
            lock (_lock)
            {
                return _saved.Count;
            }
        }
    }

    /// <summary>Hands out nothing more: the tar is not the one that was listed.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _isAbandoned = true;
        }
    }

    /// <summary>The instances that this job saved of the series.</summary>
    public IReadOnlyList<InstanceInfo> SavedInstances()
    {
        lock (_lock)
        {
            return [.. _saved];
        }
    }

    /// <summary>Hands out the next thing to do; <see langword="null"/> when there is nothing now.</summary>
    public WorkItem? TryTake(long targetBytes)
    {
        lock (_lock)
        {
            if (_isAbandoned || _isProving)
            {
                return null;
            }

            if (_toProve.Count > 0)
            {
                return TakeProof();
            }

            var segment = _plan?.CutNext(targetBytes);
            if (segment is null && _again.TryDequeue(out var single))
            {
                segment = new Segment(single.TarRange!.Value, [single]);
            }

            // One walk serves all that must be looked for by name, so it waits for the segments that may add to them.
            var walk = segment is null && _underWay == 0 && _byName.Count > 0 ? _byName.ToArray() : [];
            if (segment is null && walk.Length == 0)
            {
                return null;
            }

            _byName.RemoveRange(0, walk.Length);
            _underWay++;
            return segment is not null ? WorkItem.Of(this, segment) : new WorkItem(this, WorkKind.Scan, walk);
        }
    }

    public void Release()
    {
        lock (_lock)
        {
            _underWay--;
        }
    }

    /// <summary>How many bytes of an instance earlier attempts have already counted as progress.</summary>
    public long BytesCounted(InstanceInfo instance)
    {
        lock (_lock)
        {
            return _attempts.TryGetValue(instance, out var attempts) ? attempts.BytesCounted : 0;
        }
    }

    public void AddSaved(InstanceInfo instance, long sizeBytes)
    {
        lock (_lock)
        {
            _saved.Add(instance);
            _unverified += instance.Crc32c is null ? 1 : 0;
            _bytesSaved += sizeBytes;
            _bytesSavedHere += sizeBytes;
            Study.AddSaved(sizeBytes);
            Arrived(instance);
        }
    }

    /// <summary>
    /// An instance's bytes proved wrong: it is fetched again, then looked for by its name, then given up.
    /// </summary>
    public void AddMismatch(InstanceInfo instance, InstanceIntegrityException exception, long bytesCounted, bool inWalk)
    {
        lock (_lock)
        {
            var attempts = AttemptsOf(instance);
            attempts.BytesCounted = Math.Max(attempts.BytesCounted, bytesCounted);
            attempts.Count++;
            attempts.LastMismatch = exception;
            Arrived(instance);
            if (inWalk)
            {
                // The walk goes on: the tar may hold the entry once more.
            }
            else if (attempts.Count == 1)
            {
                _again.Enqueue(instance);
            }
            else
            {
                _byName.Add(instance);
            }
        }
    }

    /// <summary>What an instance's bytes last failed with, where they came.</summary>
    public InstanceIntegrityException? LastMismatch(InstanceInfo instance)
    {
        lock (_lock)
        {
            return _attempts.TryGetValue(instance, out var attempts) ? attempts.LastMismatch : null;
        }
    }

    public void AddFailure(RetrievalFailure failure)
    {
        lock (_lock)
        {
            _failures.Add(failure);
        }
    }

    private void Arrived(InstanceInfo instance)
    {
        var attempts = _attempts.GetValueOrDefault(instance);
        if (attempts is not { HasArrived: true })
        {
            _instancesArrived++;
            if (attempts is not null)
            {
                attempts.HasArrived = true;
            }
        }
    }

    private Attempts AttemptsOf(InstanceInfo instance)
    {
        if (!_attempts.TryGetValue(instance, out var attempts))
        {
            _attempts.Add(instance, attempts = new Attempts());
        }

        return attempts;
    }

    // Kept only for the few instances whose bytes proved wrong.
    private sealed class Attempts
    {
        public int Count { get; set; }

        public long BytesCounted { get; set; }

        public bool HasArrived { get; set; }

        public InstanceIntegrityException? LastMismatch { get; set; }
    }
}
