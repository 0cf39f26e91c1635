using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.IO;

/// <summary>
/// A file that gets its name when it is whole: written under a random name beside the final one, closed with its errors checked, then renamed.
/// Disposing one that was not committed deletes it.
/// </summary>
internal sealed class WholeFile : IDisposable
{
    // A virus scanner or an indexer holds a file for some tenths of a second after it was written; only Windows lets it block a rename.
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int LockViolation = unchecked((int)0x80070021);
    private static readonly TimeSpan RenamePatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RenameInterval = TimeSpan.FromMilliseconds(50);

    private readonly string _name;
    private readonly FileOperations _files;
    private readonly TimeProvider _time;
    private bool _isSettled;
    private bool _isLeft;

    private WholeFile(string path, string name, string partialPath, SafeFileHandle handle, FileOperations files, TimeProvider time) =>
        (Path, _name, PartialPath, Handle, _files, _time) = (path, name, partialPath, handle, files, time);

    /// <summary>The final path.</summary>
    public string Path { get; }

    /// <summary>The path as long as the file is not whole.</summary>
    public string PartialPath { get; private set; }

    /// <summary>The open file, to be written with <see cref="RandomAccess"/>; closed by <see cref="CommitAsync"/>.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Creates the file, empty, under a name that nothing has: a link that was put there is not followed.</summary>
    /// <param name="path">The final path.</param>
    /// <param name="name">What stands for the file in its unfinished name.</param>
    /// <param name="owner">The run that writes it.</param>
    /// <param name="sizeBytes">The bytes to reserve in the file system; 0 for none.</param>
    /// <param name="files">How the file gets its name.</param>
    /// <param name="time">The clock of waits.</param>
    public static WholeFile Create(string path, string name, string owner, long sizeBytes, FileOperations files, TimeProvider time)
    {
        var partial = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, PartialName.Create(name, owner));
        var handle = File.OpenHandle(partial, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, FileOptions.Asynchronous, sizeBytes);
        return new WholeFile(path, name, partial, handle, files, time);
    }

    /// <summary>Opens a file that an earlier run did not finish, under a new name of its own; the earlier run must have ended.</summary>
    /// <param name="path">The final path.</param>
    /// <param name="name">What stands for the file in its unfinished name.</param>
    /// <param name="owner">The run that goes on with it.</param>
    /// <param name="partialPath">The unfinished file.</param>
    /// <param name="files">How the file gets its name.</param>
    /// <param name="time">The clock of waits.</param>
    /// <exception cref="IOException">It cannot be opened, or is a link.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static WholeFile Resume(string path, string name, string owner, string partialPath, FileOperations files, TimeProvider time)
    {
        if (SymbolicLink.Is(partialPath))
        {
            throw new IOException($"{partialPath} is a symbolic link, which is not followed. Remove it.");
        }

        var partial = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, PartialName.Create(name, owner));
        files.Move(partialPath, partial, overwrite: false);
        return new WholeFile(path, name, partial, File.OpenHandle(partial, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, FileOptions.Asynchronous), files, time);
    }

    /// <summary>Makes <see cref="Dispose"/> leave the file under its unfinished name, for a later run.</summary>
    public void Leave() => _isLeft = true;

    /// <summary>Closes the file and gives it its name.</summary>
    /// <param name="flush">Whether the bytes are made durable before, and the name after.</param>
    /// <param name="overwrite">Whether it replaces what has the name.</param>
    /// <param name="cancellationToken">Ends the waiting for a program that holds the file.</param>
    /// <exception cref="IOException">The file could not be closed or renamed; <see cref="Dispose"/> deletes it.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of permissions.</exception>
    public async ValueTask CommitAsync(bool flush, bool overwrite, CancellationToken cancellationToken)
    {
        if (flush)
        {
            _files.Flush(Handle, Path);
        }

        _files.Close(Handle, Path);
        await MoveAsync(PartialPath, Path, overwrite, _files, _time, cancellationToken).ConfigureAwait(false);
        _isSettled = true;
        if (flush)
        {
            _files.FlushDirectory(System.IO.Path.GetDirectoryName(Path)!);
        }
    }

    /// <summary>Renames a file, trying again for two seconds while another program holds it or what it replaces.</summary>
    public static async ValueTask MoveAsync(
        string from, string to, bool overwrite, FileOperations files, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var started = time.GetTimestamp(); ;)
        {
            try
            {
                files.Move(from, to, overwrite);
                return;
            }
            catch (Exception e) when (IsHeld(e, to) && time.GetElapsedTime(started) < RenamePatience)
            {
                await Task.Delay(RenameInterval, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Closes the file, and deletes it unless it has its name or is left to a later run, which then sees that it belongs to nobody.</summary>
    public void Dispose() => Discard();

    /// <summary>As <see cref="Dispose"/>.</summary>
    /// <returns>Why the file could not be deleted or left; <see langword="null"/> if it is, or has its name.</returns>
    public Exception? Discard()
    {
        Handle.Dispose();
        return _isSettled ? null : _isLeft ? TryGiveUp() : TryDelete(PartialPath);
    }

    private Exception? TryGiveUp()
    {
        try
        {
            var left = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, PartialName.Create(_name, PartialName.Nobody));
            _files.Move(PartialPath, left, overwrite: false);
            PartialPath = left;
            _isSettled = true;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It keeps the name of this run, which a later one sees to have ended, as a rule.
            return e;
        }
    }

    /// <summary>Deletes an unfinished file, if that is possible now: nothing takes it for a whole one, and a later run cleans it up.</summary>
    /// <returns>What prevented it; <see langword="null"/> if it is gone.</returns>
    public static Exception? TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e;
        }
    }

    // Windows reports "access denied" where a file that is open stands in the target's place.
    private static bool IsHeld(Exception e, string to) => e.HResult is SharingViolation or LockViolation
        || (e is UnauthorizedAccessException && OperatingSystem.IsWindows() && File.Exists(to));
}
