using System.Collections.Concurrent;

namespace CodRetrieve.Service.Running;

/// <summary>What a run did for one study. Safe for use by several threads.</summary>
internal sealed class StudyTally
{
    private readonly ConcurrentDictionary<string, int> _skipped = new(StringComparer.Ordinal);
    private int _saved;
    private long _bytes;

    public int Saved => Volatile.Read(ref _saved);

    public int Skipped => _skipped.Values.Sum();

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Save(long bytes)
    {
        Interlocked.Increment(ref _saved);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>The first look at a series counts: a later one also finds what this run saved.</summary>
    public void Skip(string series, int count) => _skipped.TryAdd(series, count);
}
