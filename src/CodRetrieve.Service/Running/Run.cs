using System.Collections.Concurrent;
using CodRetrieve.Service.Ledger;

namespace CodRetrieve.Service.Running;

/// <summary>A run of a shard under way.</summary>
internal sealed class Run(ClaimedShard shard, ShardLease lease)
{
    private readonly Dictionary<string, int> _numbers = shard.Studies.ToDictionary(static study => study.StudyInstanceUid, static study => study.Number, StringComparer.Ordinal);
    private long _bytesReceived;
    private long _bytesPerSecond;

    public ClaimedShard Shard { get; } = shard;

    public ShardLease Lease { get; } = lease;

    public ShardHandler? Handler { get; set; }

    public JobResult? Result { get; set; }

    public Exception? Error { get; set; }

    /// <summary>The number from which on the studies belong to another shard now.</summary>
    public int? SplitAt { get; set; }

    /// <summary>The studies that are whole at the destination.</summary>
    public ConcurrentDictionary<string, bool> SavedStudies { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<StudyOutcome> NotRecorded { get; set; } = [];

    public long BytesReceived
    {
        get => Interlocked.Read(ref _bytesReceived);
        set => Interlocked.Exchange(ref _bytesReceived, value);
    }

    public long BytesPerSecond
    {
        get => Interlocked.Read(ref _bytesPerSecond);
        set => Interlocked.Exchange(ref _bytesPerSecond, value);
    }

    public StudyOutcome Saved(string study)
    {
        SavedStudies[study] = true;
        var tally = Handler!.TallyOf(study);
        return new StudyOutcome(_numbers[study], StudyState.Saved, InstancesSaved: tally.Saved, InstancesSkipped: tally.Skipped, BytesSaved: tally.Bytes);
    }
}
