using CodRetrieve.Storage;

namespace CodRetrieve.Planning;

/// <summary>
/// What of one series is still to fetch, and the segments that it is cut into, one at a time so that the size of the next can follow from
/// what is left of the job. Not safe for several threads.
/// </summary>
internal sealed class SegmentCutter
{
    /// <summary>
    /// Unwanted bytes between two wanted instances up to which reading through is cheaper than another request: what a connection of
    /// Cloud Storage brings in some milliseconds, against the tens of milliseconds that a request takes.
    /// </summary>
    public const long MaxGapBytes = 256 * 1024;

    private readonly List<InstanceInfo> _byOffset;
    private int _next;

    private SegmentCutter(List<InstanceInfo> byOffset, List<InstanceInfo> byName, List<InstanceInfo> beyondTar)
    {
        _byOffset = byOffset;
        ByName = byName;
        BeyondTar = beyondTar;
        UncutBytes = byOffset.Sum(instance => instance.TarRange!.Value.Length);
    }

    /// <summary>Instances that are cut into segments, in the order in which they lie in the tar.</summary>
    public IReadOnlyList<InstanceInfo> ByOffset => _byOffset;

    /// <summary>
    /// Instances whose offsets the index lacks, or gives so that they overlap others, and those of whose bytes nothing is known that could show that they are
    /// theirs: to be looked for by their entries' names.
    /// </summary>
    public IReadOnlyList<InstanceInfo> ByName { get; }

    /// <summary>Instances whose offsets lie behind the tar's end: the tar is older than its index and cannot hold them.</summary>
    public IReadOnlyList<InstanceInfo> BeyondTar { get; }

    /// <summary>The bytes of the instances that are not yet in a segment.</summary>
    public long UncutBytes { get; private set; }

    public bool IsCut => _next == _byOffset.Count;

    /// <param name="instances">The instances wanted.</param>
    /// <param name="tarSizeBytes">The size of the series' tar.</param>
    /// <param name="trustsOffsets">
    /// Whether offsets count for instances without any CRC32C, too: a stale one may lie on another whole instance, so nothing may be saved by it.
    /// </param>
    public static SegmentCutter Create(IEnumerable<InstanceInfo> instances, long tarSizeBytes, bool trustsOffsets = false)
    {
        var byOffset = new List<InstanceInfo>();
        var byName = new List<InstanceInfo>();
        var beyondTar = new List<InstanceInfo>();
        foreach (var instance in instances)
        {
            (instance.TarRange switch
            {
                null => byName,
                { EndExclusive: var end } when end > tarSizeBytes => beyondTar,
                _ when !trustsOffsets && instance.ExpectedCrc32c is null => byName,
                _ => byOffset,
            }).Add(instance);
        }

        byOffset.Sort(static (a, b) => a.TarRange!.Value.Start.CompareTo(b.TarRange!.Value.Start));
        return new SegmentCutter(WithoutOverlaps(byOffset, byName), byName, beyondTar);
    }

    /// <summary>Cuts the next segment: instances in a row up to about the given size, or one larger instance alone.</summary>
    /// <returns>The segment, or <see langword="null"/> when all is cut.</returns>
    public Segment? CutNext(long targetBytes)
    {
        if (IsCut)
        {
            return null;
        }

        var first = _next;
        var range = _byOffset[_next++].TarRange!.Value;
        var wanted = range.Length;
        while (!IsCut)
        {
            var next = _byOffset[_next].TarRange!.Value;
            if (next.Start - range.EndExclusive > MaxGapBytes || next.EndExclusive - range.Start > targetBytes)
            {
                break;
            }

            range = new ByteRange(range.Start, next.EndExclusive);
            wanted += next.Length;
            _next++;
        }

        UncutBytes -= wanted;
        return new Segment(range, _byOffset.GetRange(first, _next - first));
    }

    private static List<InstanceInfo> WithoutOverlaps(List<InstanceInfo> sorted, List<InstanceInfo> overlapping)
    {
        var kept = new List<InstanceInfo>(sorted.Count);
        foreach (var instance in sorted)
        {
            (kept.Count == 0 || instance.TarRange!.Value.Start >= kept[^1].TarRange!.Value.EndExclusive ? kept : overlapping).Add(instance);
        }

        return kept;
    }
}
