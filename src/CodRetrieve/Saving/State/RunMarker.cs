using System.Collections.Concurrent;
using System.Text;
using CodRetrieve.Catalog;
using CodRetrieve.IO;
using Microsoft.Extensions.Logging;

namespace CodRetrieve.Saving;

/// <summary>
/// Names a run and the studies that it works on, in a file that stays locked as long as the run lives and that a run which ends deletes: so
/// the next one knows where a dead run may have left unfinished files, and which of them belong to runs that live. Safe for several callers at once.
/// </summary>
internal sealed class RunMarker : IDisposable
{
    // Some 200,000 studies: what is behind that is cleaned up when a job saves into the study again.
    private const long MaxBytes = 16 * 1024 * 1024;

    // A random name is taken by another run as good as never.
    private const int Attempts = 4;

    private readonly object _writing = new();
    private readonly ConcurrentDictionary<string, bool> _dead = new(StringComparer.Ordinal);
    private readonly string _root;
    private readonly FileLock _file;
    private readonly ILogger _logger;
    private long _length = FileLock.HeaderBytes;

    private RunMarker(string root, string owner, FileLock file, ILogger logger) => (_root, Owner, _file, _logger) = (root, owner, file, logger);

    /// <summary>The run's name in the names of its unfinished files.</summary>
    public string Owner { get; }

    /// <summary>Whether the file system keeps locks at all.</summary>
    public bool HasLocks => _file.IsExclusive;

    /// <summary>Begins a run in a directory whose <see cref="StatePaths.Create"/> was called.</summary>
    public static RunMarker Create(string root, ILogger logger)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var owner = PartialName.NewId();
            if (FileLock.TryTake(PathOf(root, owner)) is { } file)
            {
                return new RunMarker(root, owner, file, logger);
            }
        }

        throw new IOException($"No file below {StatePaths.Runs(root)} can be locked, although each has a random name.");
    }

    /// <summary>Whether <see cref="StudiesOfDeadRuns"/> found one.</summary>
    public bool HasFoundDeadRuns => !_dead.IsEmpty;

    /// <summary>The studies of runs that died. Their markers are deleted when the enumeration goes on.</summary>
    public IEnumerable<string> StudiesOfDeadRuns()
    {
        foreach (var path in Directory.EnumerateFiles(StatePaths.Runs(_root)))
        {
            if (path != PathOf(_root, Owner) && TryTake(path) is { } dead)
            {
                _dead[Path.GetFileName(path)] = true;
                using (dead)
                {
                    foreach (var study in Read(dead))
                    {
                        yield return study;
                    }
                }
            }
        }
    }

    /// <summary>Whether the run that an unfinished file belongs to may still write it.</summary>
    public bool IsAlive(string owner) => owner == Owner || (!_dead.ContainsKey(owner) && FileLock.IsHeld(PathOf(_root, owner)));

    /// <summary>Adds a study.</summary>
    public void Add(string studyInstanceUid)
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
                SavingLogMessages.RunNotMarked(_logger, e, PathOf(_root, Owner));
            }
        }
    }

    /// <summary>Ends the run.</summary>
    public void Dispose() => _file.Dispose();

    private static string PathOf(string root, string owner) => Path.Combine(StatePaths.Runs(root), owner);

    private FileLock? TryTake(string path)
    {
        try
        {
            return PartialName.IsId(Path.GetFileName(path)) && HasLocks ? FileLock.TryTake(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SavingLogMessages.DeadRunNotRead(_logger, e, path);
            return null;
        }
    }

    private static List<string> Read(FileLock dead)
    {
        // Anyone may have written the file, and each line becomes a path.
        var bytes = new byte[Math.Min(RandomAccess.GetLength(dead.File), MaxBytes)];
        var count = RandomAccess.Read(dead.File, bytes, 0);
        return [.. Encoding.ASCII.GetString(bytes, 0, count).Split('\n').Where(line => SafeUid.IsSafe(line))];
    }
}
