using CodRetrieve.IO;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>Writes instances as files: visible under their names when whole, or not at all. Safe for calls for different instances at once.</summary>
/// <param name="directory">The destination's directory, in which all files are; never made anew if it is gone.</param>
/// <param name="options">How files are written.</param>
internal sealed class InstanceWriter(string directory, SavingOptions options)
{
    private readonly DirectoryCache _folders = new(directory);

    // The unfinished files of this run, which no sweep may take for leftovers.
    private readonly HashSet<string> _writing = new(StringComparer.Ordinal);

    // Known from the first file on. Two that find out at once find the same.
    private volatile Unnamed _unnamed = options.AnonymousFiles ? Unnamed.Unknown : Unnamed.Impossible;

    private enum Unnamed
    {
        Unknown,
        Possible,
        Impossible,
    }

    /// <summary>Writes an instance into a folder: visible under its name when whole, or not at all.</summary>
    public async ValueTask<string> SaveAsync(InstanceInfo instance, string folder, Stream content, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, InstanceFile.Name(instance.SopInstanceUid));
        var partial = Path.Combine(folder, InstanceFile.PartialName(instance.SopInstanceUid));
        if (TryOpenUnnamed(folder, instance.SizeBytes) is { } unnamed)
        {
            using (unnamed)
            {
                await WriteAsync(unnamed, content, cancellationToken).ConfigureAwait(false);
                if (!TryLink(unnamed, path))
                {
                    Replace(unnamed, partial, path);
                }
            }
        }
        else
        {
            await SavePartialAsync(folder, partial, path, instance.SizeBytes, content, cancellationToken).ConfigureAwait(false);
        }

        return path;
    }

    /// <summary>Deletes an unfinished file, unless it is of this run.</summary>
    public bool TryDeleteLeftover(string path)
    {
        // Held while deleting: a save that begins now waits, and creates its file after that.
        lock (_writing)
        {
            return !_writing.Contains(path) && DeletePartial(path);
        }
    }

    private async ValueTask SavePartialAsync(
        string folder, string partial, string path, long? sizeBytes, Stream content, CancellationToken cancellationToken)
    {
        using var writing = new Writing(this, partial);
        using (var file = Open(folder, partial, sizeBytes))
        {
            await WriteAsync(file, content, cancellationToken).ConfigureAwait(false);
        }

        writing.Rename(path);
    }

    // A link takes no name that something has, so what has it is replaced by a rename.
    private void Replace(SafeFileHandle unnamed, string partial, string path)
    {
        using var writing = new Writing(this, partial);
        DeletePartial(partial);
        if (!TryLink(unnamed, partial))
        {
            throw new IOException($"{partial} is there already, and cannot be deleted.");
        }

        writing.Rename(path);
    }

    private SafeFileHandle? TryOpenUnnamed(string folder, long? sizeBytes)
    {
        if (_unnamed == Unnamed.Impossible || InstanceFile.NeedsRoom(sizeBytes))
        {
            return null;
        }

        try
        {
            _folders.Make(folder);
            if (_unnamed == Unnamed.Unknown)
            {
                var probe = Path.Combine(folder, InstanceFile.PartialName(Guid.NewGuid().ToString("N")));
                _unnamed = AnonymousFile.IsPossibleIn(folder, probe) ? Unnamed.Possible : Unnamed.Impossible;
            }
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }

        // Whatever is wrong now, making a file with a name will tell.
        return _unnamed == Unnamed.Possible ? AnonymousFile.TryCreate(folder) : null;
    }

    private bool TryLink(SafeFileHandle unnamed, string path)
    {
        try
        {
            return AnonymousFile.TryLink(unnamed, path);
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }
    }

    private SafeFileHandle Open(string folder, string partial, long? sizeBytes)
    {
        try
        {
            _folders.Make(folder);
            try
            {
                return InstanceFile.Create(partial, sizeBytes);
            }
            catch (DirectoryNotFoundException)
            {
                // Removed since it was made: once more.
                _folders.MakeAgain(folder);
                return InstanceFile.Create(partial, sizeBytes);
            }
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }
    }

    private async ValueTask WriteAsync(SafeFileHandle file, Stream content, CancellationToken cancellationToken)
    {
        await InstanceFile.CopyAsync(content, file, directory, cancellationToken).ConfigureAwait(false);
        if (!options.FlushToDisk)
        {
            return;
        }

        try
        {
            RandomAccess.FlushToDisk(file);
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }
    }

    private void Rename(string partial, string path)
    {
        try
        {
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (!Path.Exists(path) && DestinationErrors.From(e, directory) is { } fault)
        {
            // Where something stands at the path already (a folder; on Windows a file that is open), only this instance cannot be saved.
            throw fault;
        }
    }

    private bool DeletePartial(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Must not hide what made the save fail; nothing takes the file for an instance.
            SavingLogMessages.LeftoverNotDeleted(options.Logger, e, path);
            return false;
        }
    }

    // An unfinished file of this run: gone at the end, unless it got its name.
    private sealed class Writing : IDisposable
    {
        private readonly InstanceWriter _writer;
        private readonly string _partial;
        private bool _isRenamed;

        public Writing(InstanceWriter writer, string partial)
        {
            (_writer, _partial) = (writer, partial);
            lock (writer._writing)
            {
                writer._writing.Add(partial);
            }
        }

        public void Rename(string path)
        {
            _writer.Rename(_partial, path);
            _isRenamed = true;
        }

        public void Dispose()
        {
            if (!_isRenamed)
            {
                _writer.DeletePartial(_partial);
            }

            lock (_writer._writing)
            {
                _writer._writing.Remove(_partial);
            }
        }
    }
}
