using CodRetrieve.Planning;

namespace CodRetrieve.Jobs;

/// <summary>
/// One series on its way through a job: what is left of it to hand out, what is under way, what came of it. Safe for use by several
/// connections at once.
/// </summary>
internal sealed class SeriesRun
{
    private readonly object _lock = new();
    private readonly SeriesPlan? _plan;
    private readonly Queue<InstanceInfo> _again = new();
    private readonly List<InstanceInfo> _byName = [];
    private readonly Dictionary<InstanceInfo, Attempts> _attempts = new(ReferenceEqualityComparer.Instance);
    private readonly List<RetrievalFailure> _failures = [];
    private int _underWay;
    private int _saved;
    private int _unverified;
    private long _bytesSaved;
    private int _instancesArrived;

    public SeriesRun(StudyRun study, SeriesSurvey survey)
    {
        Study = study;
        Survey = survey;
        Progress = new SeriesProgress(survey.Series, survey.BytesWanted);
        if (survey.Content.Listing.Tar is { } tar && survey.Failure is null)
        {
            _plan = SeriesPlan.Create(survey.Wanted, tar.SizeBytes);
            _byName.AddRange(_plan.ByName);
        }
    }

    public StudyRun Study { get; }

    public SeriesSurvey Survey { get; }

    public SeriesInfo Series => Survey.Series;

    public SeriesProgress Progress { get; }

    public int InstancesWanted => Survey.Wanted.Count;

    public long BytesWanted => Survey.BytesWanted;

    /// <summary>The bytes not yet handed out in a segment.</summary>
    public long UncutBytes => _plan?.UncutBytes ?? 0;

    /// <summary>The instances that the tar cannot hold, since it ends before them.</summary>
    public IReadOnlyList<InstanceInfo> BeyondTar => _plan?.BeyondTar ?? [];

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
                return _underWay == 0 && _again.Count == 0 && _byName.Count == 0 && _plan is not { IsCut: false };
            }
        }
    }

    /// <summary>Hands out the next thing to do; <see langword="null"/> when there is nothing now.</summary>
    public WorkItem? TryTake(long targetBytes)
    {
        lock (_lock)
        {
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
            return new WorkItem(this, segment, walk);
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

    public void AddSaved(InstanceInfo instance, SavedInstance saved)
    {
        lock (_lock)
        {
            _saved++;
            _unverified += instance.Crc32c is null ? 1 : 0;
            _bytesSaved += saved.SizeBytes;
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

    public SeriesResult ToResult()
    {
        lock (_lock)
        {
            var failed = _failures.Sum(failure => failure.InstanceCount);
            var there = _saved + Survey.InstancesSaved;
            return new SeriesResult(Series)
            {
                Outcome = _failures.Count > 0
                    ? (there > 0 ? SeriesOutcome.Incomplete : SeriesOutcome.Failed)
                    : (_saved > 0 ? SeriesOutcome.Saved : SeriesOutcome.AlreadySaved),
                InstancesSaved = _saved,
                InstancesUnverified = _unverified,
                InstancesSkipped = Survey.InstancesSaved,
                InstancesFailed = failed,
                BytesSaved = _bytesSaved,
                Failures = [.. _failures],
                Warnings = Survey.Warnings,
            };
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
