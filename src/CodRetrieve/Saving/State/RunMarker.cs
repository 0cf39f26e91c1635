using System.Collections.Concurrent;
using System.Text;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// Names a run and the studies that it works on, in a file that stays locked, and whose counter advances, as long as the run lives; a run that ends deletes it.
/// So the next one knows where a dead run may have left unfinished files, and which of them belong to runs that live. Safe for several callers at once.
/// </summary>
internal sealed class RunMarker : IDisposable
{
    // A random name is taken by another run as good as never.
    private const int Attempts = 4;

    private readonly object _writing = new();

    // The runs whose markers this one takes away: while it does, they are locked again.
    private readonly ConcurrentDictionary<string, Liveness> _ended = new(StringComparer.Ordinal);
    private readonly string _root;
    private readonly FileLock _file;
    private readonly SavingOptions _options;
    private readonly LockScope _scope;
    private readonly RunWatch _watch;
    private readonly ITimer _beating;
    private bool _isDisposed;
    private ulong _beat;
    private long _length;

    private RunMarker(string root, string owner, FileLock file, long length, SavingOptions options)
    {
        (_root, Owner, _file, _length, _options) = (root, owner, file, length, options);
        _scope = options.LockScope ?? ScopeOf(root, file);
        _watch = new RunWatch(root, _scope, options.TimeProvider);
        _beating = options.TimeProvider.CreateTimer(static run => ((RunMarker)run!).Beat(), this, RunWatch.BeatInterval, RunWatch.BeatInterval);
    }

    /// <summary>The run's name in the names of its unfinished files.</summary>
    public string Owner { get; }

    /// <summary>Whether <see cref="StudiesOfDeadRuns"/> found one.</summary>
    public bool HasFoundDeadRuns => !_ended.IsEmpty;

    /// <summary>Begins a run in a directory whose <see cref="StatePaths.Create"/> was called.</summary>
    public static RunMarker Create(string root, SavingOptions options)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var owner = PartialName.NewId();
            if (FileLock.TryTake(StatePaths.Run(root, owner), owner) is { } file)
            {
                try
                {
                    var begin = RunRecord.Begin();
                    RandomAccess.Write(file.File, begin, FileLock.HeaderBytes);
                    return new RunMarker(root, owner, file, FileLock.HeaderBytes + begin.Length, options);
                }
                catch
                {
                    file.Dispose();
                    throw;
                }
            }
        }

        throw new IOException($"No file below {StatePaths.Runs(root)} can be locked, although each has a random name.");
    }

    /// <summary>Makes a study this run's own.</summary>
    /// <returns>What gives it up; <see langword="null"/> if another run has it.</returns>
    /// <exception cref="IOException">The study's lock cannot be opened, or is a link.</exception>
    /// <exception cref="UnauthorizedAccessException">The study's lock may not be opened.</exception>
    public IDisposable? TryLockStudy(string studyInstanceUid)
    {
        var taken = TryLock(StatePaths.StudyLock(_root, studyInstanceUid));
        if (taken is not null)
        {
            Add(studyInstanceUid);
        }

        return taken;
    }

    /// <summary>Who has a study, for people; <see langword="null"/> where nobody has it, or that is not known.</summary>
    public string? HolderOf(string studyInstanceUid)
    {
        try
        {
            // A lock begins with a mark, a lease with the name of the run.
            var text = RunRecord.ReadStart(StatePaths.StudyLock(_root, studyInstanceUid), 1 + PartialName.IdLength).TrimStart('#');
            return text.Length >= PartialName.IdLength && PartialName.IsId(text.AsSpan(0, PartialName.IdLength))
                ? RunRecord.TryReadHolder(StatePaths.Run(_root, text[..PartialName.IdLength]))
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is held so that nobody else may even read it, or was just released.
            return null;
        }
    }

    /// <summary>Takes the lock of <c>log.json</c>.</summary>
    /// <returns>What gives it up; <see langword="null"/> if another run has it.</returns>
    /// <exception cref="IOException">The lock cannot be opened, or is a link.</exception>
    /// <exception cref="UnauthorizedAccessException">The lock may not be opened.</exception>
    public IDisposable? TryLockLog() => TryLock(StatePaths.LogLock(_root));

    /// <summary>The studies of runs that died. Their markers are deleted when the enumeration goes on.</summary>
    public IEnumerable<string> StudiesOfDeadRuns()
    {
        foreach (var path in Directory.EnumerateFiles(StatePaths.Runs(_root)))
        {
            if (Path.GetFileName(path) is var owner && owner != Owner && PartialName.IsId(owner) && TryTakeDead(path, owner) is { } dead)
            {
                using (dead)
                {
                    foreach (var study in RunRecord.ReadStudies(dead.File))
                    {
                        yield return study;
                    }
                }
            }
        }
    }

    /// <summary>What is known of the run that an unfinished file belongs to; an empty name is that of an older version.</summary>
    public Liveness Of(string owner)
    {
        try
        {
            return owner == Owner ? Liveness.Alive
                : owner.Length == 0 ? Liveness.Dead
                : _ended.TryGetValue(owner, out var ended) ? ended
                : _watch.Of(owner);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SavingLogMessages.DeadRunNotRead(_options.Logger, e, StatePaths.Run(_root, owner));
            return Liveness.Alive;
        }
    }

    /// <summary>Ends the run.</summary>
    public void Dispose()
    {
        _beating.Dispose();
        lock (_writing)
        {
            _isDisposed = true;
            _file.Dispose();
        }
    }

    private IDisposable? TryLock(string path) => _scope == LockScope.Nobody
        ? FileLease.TryTake(path, Owner, _watch)
        : FileLock.TryTake(path, Owner, owner => !IsAlive(owner));

    private bool IsAlive(string owner) => owner != Owner && Of(owner) == Liveness.Alive;

    // File systems of a network may keep locks on each machine for itself.
    private static LockScope ScopeOf(string root, FileLock file) =>
        !file.IsExclusive ? LockScope.Nobody
        : OperatingSystem.IsWindows() || new DriveInfo(root).DriveType is DriveType.Fixed or DriveType.Ram or DriveType.Removable ? LockScope.Everybody
        : LockScope.Machine;

    private FileLock? TryTakeDead(string path, string owner)
    {
        try
        {
            var liveness = Of(owner);
            if (liveness == Liveness.Alive || FileLock.TryTake(path, Owner) is not { } taken)
            {
                return null;
            }

            _ended[owner] = liveness;
            return taken;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SavingLogMessages.DeadRunNotRead(_options.Logger, e, path);
            return null;
        }
    }

    private void Add(string studyInstanceUid)
    {
        lock (_writing)
        {
            try
            {
                var line = Encoding.ASCII.GetBytes(studyInstanceUid + "\n");
                RandomAccess.Write(_file.File, line, _length);
                _length += line.Length;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Without it, leftovers of this run are cleaned up only when a job saves into the study again.
                SavingLogMessages.RunNotMarked(_options.Logger, e, StatePaths.Run(_root, Owner));
            }
        }
    }

    private void Beat()
    {
        lock (_writing)
        {
            if (_isDisposed)
            {
                return;
            }

            try
            {
                RandomAccess.Write(_file.File, RunRecord.BeatLine(++_beat), RunRecord.BeatOffset);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Others may take this run for silent, which costs fetching something twice.
                SavingLogMessages.RunNotMarked(_options.Logger, e, StatePaths.Run(_root, Owner));
            }
        }
    }
}
