namespace CodRetrieve.Planning;

/// <summary>
/// What is left to do for one series: handed out piece by piece, in the order in which it lies in the tar. Safe for use by several connections at
/// once.
/// </summary>
/// <remarks>
/// Where the index lacks a CRC32C that the store lists for the tar as a whole, the whole tar is read and compared first: what is saved
/// then is checked as if the index had listed all. See docs/decisions/0009.
/// </remarks>
internal sealed class SeriesWork
{
    private readonly object _lock = new();
    private readonly SeriesDelta _delta;
    private readonly Queue<InstanceInfo> _retries = new();
    private readonly List<InstanceInfo> _byName = [];
    private readonly Dictionary<InstanceInfo, Attempts> _attempts = new(ReferenceEqualityComparer.Instance);
    private SegmentCutter? _segments;
    private IReadOnlyList<InstanceInfo> _toVerify = [];
    private bool _isVerifying;
    private bool _isAbandoned;
    private int _underWay;

    public SeriesWork(SeriesDelta delta)
    {
        _delta = delta;
        if (delta.Content.Listing.Tar is { } tar && delta.Failure is null)
        {
            Cut(delta.Wanted, trustsOffsets: tar.Crc32c is not null);
            BeyondTar = _segments!.BeyondTar;
            _toVerify = [.. _segments.ByOffset.Where(static instance => instance.Crc32c is null)];
        }
    }

    /// <summary>The instances that the tar cannot hold, since it ends before them.</summary>
    public IReadOnlyList<InstanceInfo> BeyondTar { get; } = [];

    /// <summary>The bytes to save, so far as is known. Never more than the tar holds, whatever sizes the index claims.</summary>
    public long BytesToSave { get; private set; }

    /// <summary>The bytes not yet handed out in a segment.</summary>
    public long UncutBytes => _segments?.UncutBytes ?? 0;

    /// <summary>Whether nothing is left to hand out and nothing is under way.</summary>
    public bool IsEnded
    {
        get
        {
            lock (_lock)
            {
                return _underWay == 0 && (_isAbandoned || (_toVerify.Count == 0 && _retries.Count == 0 && _byName.Count == 0 && _segments is not { IsCut: false }));
            }
        }
    }

    /// <summary>Whether the series must be read and planned again, since its tar is not the one that was listed.</summary>
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

    private long TarBytes => _delta.Content.Listing.Tar?.SizeBytes ?? 0;

    /// <summary>Hands out nothing more: the tar is not the one that was listed.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _isAbandoned = true;
        }
    }

    /// <summary>Hands out the next thing to do; <see langword="null"/> when there is nothing now.</summary>
    public WorkItem? TryTake(long targetBytes)
    {
        lock (_lock)
        {
            var item = _isAbandoned || _isVerifying ? null : TakeVerification() ?? TakeSegment(targetBytes) ?? TakeScan();
            _underWay += item is null ? 0 : 1;
            return item;
        }
    }

    /// <summary>What was taken is done, or will not be.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _underWay--;
        }
    }

    /// <summary>The tar has the CRC32C that the store lists, and so are those of these instances known.</summary>
    public void AcceptTar(IEnumerable<(InstanceInfo Instance, uint Crc32c)> verified)
    {
        var crcs = verified.ToDictionary(static one => one.Instance, static one => one.Crc32c);
        CutAgain(_delta.Wanted.Select(instance => crcs.TryGetValue(instance, out var crc) ? instance.WithTarCrc32c(crc) : instance));
    }

    /// <summary>The tar is not the one that the store lists, or cannot be read: only instances with a CRC32C of their own are still fetched.</summary>
    /// <returns>The others.</returns>
    public IReadOnlyList<InstanceInfo> RejectTar()
    {
        CutAgain(_delta.Wanted.Where(static instance => instance.Crc32c is not null));
        return [.. _delta.Wanted.Where(static instance => instance.Crc32c is null).Except(BeyondTar)];
    }

    /// <summary>An instance's bytes did not match: it is fetched again, then looked for by its name, then given up.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="mismatch">What did not match.</param>
    /// <param name="bytesCounted">The bytes of it that were counted as progress so far.</param>
    /// <param name="inScan">Whether a scan found it, which goes on: the tar may hold the entry once more.</param>
    public void AddMismatch(InstanceInfo instance, InstanceIntegrityException mismatch, long bytesCounted, bool inScan)
    {
        lock (_lock)
        {
            if (!_attempts.TryGetValue(instance, out var attempts))
            {
                _attempts.Add(instance, attempts = new Attempts());
            }

            attempts.Count++;
            attempts.BytesCounted = Math.Max(attempts.BytesCounted, bytesCounted);
            attempts.LastMismatch = mismatch;
            if (!inScan && attempts.Count == 1)
            {
                _retries.Enqueue(instance);
            }
            else if (!inScan)
            {
                _byName.Add(instance);
            }
        }
    }

    /// <summary>Returns what an instance's bytes last failed with, where they came; <see langword="null"/> where they never failed.</summary>
    public InstanceIntegrityException? LastMismatch(InstanceInfo instance)
    {
        lock (_lock)
        {
            return _attempts.GetValueOrDefault(instance)?.LastMismatch;
        }
    }

    /// <summary>Returns how many bytes of an instance earlier attempts have counted as progress.</summary>
    public long BytesCounted(InstanceInfo instance)
    {
        lock (_lock)
        {
            return _attempts.GetValueOrDefault(instance)?.BytesCounted ?? 0;
        }
    }

    /// <summary>The bytes that an instance takes when it is saved, as far as the tar can hold them.</summary>
    public long BytesInTar(InstanceInfo instance) => Math.Min(instance.SizeBytes ?? 0, TarBytes);

    private WorkItem? TakeVerification()
    {
        if (_toVerify.Count == 0)
        {
            return null;
        }

        var item = new WorkItem(WorkKind.Verify, _toVerify);
        (_toVerify, _isVerifying) = ([], true);
        return item;
    }

    private WorkItem? TakeSegment(long targetBytes)
    {
        var segment = _segments?.CutNext(targetBytes);
        if (segment is null && _retries.TryDequeue(out var single))
        {
            segment = new Segment(single.TarRange!.Value, [single]);
        }

        return segment is null ? null : WorkItem.Of(segment);
    }

    // One scan serves all that must be looked for by name, so it waits for the segments that may add to them.
    private WorkItem? TakeScan()
    {
        if (_underWay > 0 || _byName.Count == 0)
        {
            return null;
        }

        var item = new WorkItem(WorkKind.Scan, [.. _byName]);
        _byName.Clear();
        return item;
    }

    // Nothing was handed out of the segments before.
    private void CutAgain(IEnumerable<InstanceInfo> wanted)
    {
        lock (_lock)
        {
            _isVerifying = false;
            Cut(wanted, trustsOffsets: false);
        }
    }

    private void Cut(IEnumerable<InstanceInfo> wanted, bool trustsOffsets)
    {
        _segments = SegmentCutter.Create(wanted, TarBytes, trustsOffsets);
        _byName.Clear();
        _byName.AddRange(_segments.ByName);
        BytesToSave = _byName.Aggregate(_segments.UncutBytes, (bytes, instance) => Math.Min(TarBytes, bytes + BytesInTar(instance)));
    }

    // Kept only for the few instances whose bytes did not match.
    private sealed class Attempts
    {
        public int Count { get; set; }

        public long BytesCounted { get; set; }

        public InstanceIntegrityException? LastMismatch { get; set; }
    }
}
