using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// Tells of other runs whether they live: by the locks of the operating system where these keep everybody out, by the process where it is one of this machine,
/// and otherwise by whether the counter in their marker advances. Clocks of machines are never compared. Safe for several callers at once.
/// </summary>
/// <param name="root">The directory.</param>
/// <param name="scope">Whom locks keep out.</param>
/// <param name="time">The clock by which counters are watched.</param>
internal sealed class RunWatch(string root, LockScope scope, TimeProvider time)
{
    /// <summary>How often a run advances its counter.</summary>
    public static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long a counter stands still until its run counts as silent.</summary>
    public static readonly TimeSpan Patience = BeatInterval * 3;

    private readonly Dictionary<string, (string? Content, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>What is known of a run.</summary>
    /// <exception cref="IOException">Its marker cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Its marker may not be read.</exception>
    public Liveness Of(string owner)
    {
        if (owner == PartialName.Nobody)
        {
            return Liveness.Dead;
        }

        var path = StatePaths.Run(root, owner);
        if (!File.Exists(path))
        {
            // Where a run cannot be kept from deleting the marker of a silent one, its end is not certain.
            return scope == LockScope.Everybody ? Liveness.Dead : Liveness.Silent;
        }

        if (scope != LockScope.Nobody && FileLock.IsHeld(path))
        {
            return Liveness.Alive;
        }

        return scope == LockScope.Everybody ? Liveness.Dead : ByRecord(path);
    }

    /// <summary>Whether something that a living run would change stood still for long enough.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">What it is now.</param>
    public bool StoodStill(string name, string? content)
    {
        lock (_seen)
        {
            if (_seen.TryGetValue(name, out var before) && before.Content == content)
            {
                return time.GetElapsedTime(before.Since) >= Patience;
            }

            _seen[name] = (content, time.GetTimestamp());
            return false;
        }
    }

    private Liveness ByRecord(string path)
    {
        RunRecord? record;
        try
        {
            record = RunRecord.TryRead(path);
        }
        catch (FileNotFoundException)
        {
            return Liveness.Silent;
        }

        // Its lock is free, or means nothing; a process of this machine would hold it where it means something.
        return record?.Process is { } process && (scope == LockScope.Machine ? process.IsOfThisMachine : process.HasEnded) ? Liveness.Dead
            : StoodStill(path, record?.Beat.ToString("x", System.Globalization.CultureInfo.InvariantCulture)) ? Liveness.Silent
            : Liveness.Alive;
    }
}
