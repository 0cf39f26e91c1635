using CodRetrieve.IO;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>Writes instances as files: visible under their names when whole, or not at all. Safe for calls for different instances at once.</summary>
/// <param name="directory">The destination's directory, in which all files are; never created again if it is gone.</param>
/// <param name="allowsLinks">Whether folders below it may be links.</param>
/// <param name="options">How files are written.</param>
internal sealed class InstanceWriter(string directory, bool allowsLinks, SavingOptions options)
{
    private readonly DirectoryCache _folders = new(directory, allowsLinks);
    private readonly DestinationWriter _writer = new(options.Files, directory);

    // Known from the first file on. Two that find out at once find the same.
    private volatile Unnamed _unnamed = options.AnonymousFiles ? Unnamed.Unknown : Unnamed.Impossible;

    private enum Unnamed
    {
        Unknown,
        Possible,
        Impossible,
    }

    /// <summary>Writes an instance as a file: visible under its name when whole, or not at all.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="path">The path of its file, whose folder is created where there is none.</param>
    /// <param name="owner">The run that writes it.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <param name="replaces">Whether a file that has the path is replaced.</param>
    /// <exception cref="IOException">The file cannot be written, or has its path and is not replaced.</exception>
    public async ValueTask<FoundFile> SaveAsync(
        InstanceInfo instance, string path, string owner, Stream content, CancellationToken cancellationToken, bool replaces = true)
    {
        var folder = Path.GetDirectoryName(path)!;
        using var unnamed = TryOpenUnnamed(folder, instance.SizeBytes);
        if (unnamed is null)
        {
            return await SavePartialAsync(instance, path, owner, content, replaces, cancellationToken).ConfigureAwait(false);
        }

        var written = await CopyAsync(instance, content, unnamed, cancellationToken).ConfigureAwait(false);
        try
        {
            if (options.FlushesEachFile)
            {
                options.Files.Flush(unnamed, path);
            }

            if (!options.Files.TryLink(unnamed, path))
            {
                if (!replaces)
                {
                    throw new IOException($"{path} was made by something else meanwhile, and is not replaced. Run again: the instance then gets another name.");
                }

                await ReplaceAsync(unnamed, path, owner, cancellationToken).ConfigureAwait(false);
            }

            if (options.FlushesEachFile)
            {
                options.Files.FlushDirectory(folder);
            }

            return Found(instance, written, File.GetLastWriteTimeUtc(unnamed));
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }
    }

    private async ValueTask<FoundFile> SavePartialAsync(
        InstanceInfo instance, string path, string owner, Stream content, bool replaces, CancellationToken cancellationToken)
    {
        using var file = Create(path, instance, owner);
        try
        {
            var written = await CopyAsync(instance, content, file.Handle, cancellationToken).ConfigureAwait(false);
            await CommitAsync(file, replaces, cancellationToken).ConfigureAwait(false);
            return Found(instance, written, File.GetLastWriteTimeUtc(path));
        }
        finally
        {
            Discard(file);
        }
    }

    private static FoundFile Found(InstanceInfo instance, WrittenBytes written, DateTime lastWriteUtc) =>
        new(written.SizeBytes, lastWriteUtc) { Crc32c = instance.ExpectedCrc32c ?? written.Crc32c };

    private async ValueTask CommitAsync(WholeFile file, bool replaces, CancellationToken cancellationToken)
    {
        try
        {
            await file.CommitAsync(options.FlushesEachFile, overwrite: replaces, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!Path.Exists(file.Path) && DestinationErrors.From(e, directory) is { } fault)
        {
            // Where something stands at the path already (a folder; on Windows a file that is open), only this instance cannot be saved.
            throw fault;
        }
    }

    // A link takes no name that something has, so what has it is replaced by a rename.
    private async ValueTask ReplaceAsync(SafeFileHandle unnamed, string path, string owner, CancellationToken cancellationToken)
    {
        var partial = Path.Combine(Path.GetDirectoryName(path)!, PartialName.Create(Path.GetFileNameWithoutExtension(path), owner));
        if (!options.Files.TryLink(unnamed, partial))
        {
            throw new IOException($"{partial} is there already.");
        }

        var isRenamed = false;
        try
        {
            await WholeFile.MoveAsync(partial, path, overwrite: true, options.Files, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            isRenamed = true;
        }
        finally
        {
            if (!isRenamed)
            {
                Delete(partial);
            }
        }
    }

    private SafeFileHandle? TryOpenUnnamed(string folder, long? sizeBytes)
    {
        if (_unnamed == Unnamed.Impossible || InstanceFile.NeedsReservation(sizeBytes))
        {
            return null;
        }

        try
        {
            _folders.Make(folder);
            if (_unnamed == Unnamed.Unknown)
            {
                var probe = Path.Combine(folder, PartialName.Create("probe", PartialName.NewId()));
                _unnamed = AnonymousFile.IsPossibleIn(folder, probe) ? Unnamed.Possible : Unnamed.Impossible;
            }
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }

        // Whatever is wrong now, creating a file with a name will report it.
        return _unnamed == Unnamed.Possible ? AnonymousFile.TryCreate(folder) : null;
    }

    private WholeFile Create(string path, InstanceInfo instance, string owner)
    {
        try
        {
            var folder = Path.GetDirectoryName(path)!;
            _folders.Make(folder);
            try
            {
                return CreateWithRoom(path, instance, owner);
            }
            catch (DirectoryNotFoundException)
            {
                // Removed since it was made: once more.
                _folders.MakeAgain(folder);
                return CreateWithRoom(path, instance, owner);
            }
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }
    }

    private WholeFile CreateWithRoom(string path, InstanceInfo instance, string owner)
    {
        if (InstanceFile.NeedsReservation(instance.SizeBytes))
        {
            try
            {
                return WholeFile.Create(path, instance.SopInstanceUid, owner, instance.SizeBytes!.Value, options.Files, options.TimeProvider);
            }
            catch (IOException e) when (e.GetType() == typeof(IOException))
            {
                // Not enough space, says .NET without an error code. The size is only what an index claims, so let writing decide:
                // a senseless size must not pass for a full disk, which would stop the job.
            }
        }

        return WholeFile.Create(path, instance.SopInstanceUid, owner, 0, options.Files, options.TimeProvider);
    }

    private async ValueTask<WrittenBytes> CopyAsync(InstanceInfo instance, Stream content, SafeFileHandle file, CancellationToken cancellationToken)
    {
        var written = await InstanceFile.CopyAsync(content, file, instance.SizeBytes, instance.ExpectedCrc32c is null, _writer, cancellationToken).ConfigureAwait(false);
        if (options.TimeOf(instance.Series) is { } time)
        {
            File.SetLastWriteTimeUtc(file, time);
        }

        return written;
    }

    private void Discard(WholeFile file)
    {
        if (file.Discard() is { } problem)
        {
            SavingLogMessages.LeftoverNotDeleted(options.Logger, problem, file.PartialPath);
        }
    }

    // Must not hide what made the save fail; nothing takes the file for an instance.
    private void Delete(string partial)
    {
        if (WholeFile.TryDelete(partial) is { } problem)
        {
            SavingLogMessages.LeftoverNotDeleted(options.Logger, problem, partial);
        }
    }
}
