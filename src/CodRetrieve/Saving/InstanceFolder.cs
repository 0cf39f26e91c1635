using System.Collections.Concurrent;
using System.IO.Enumeration;
using CodRetrieve.Catalog;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>Instances as files <c>{root}/{study}/{series}/instances/{sop}.dcm</c>. Safe for calls for different instances at once.</summary>
/// <param name="root">Where the study folders are; made when needed.</param>
/// <param name="directory">The destination's directory, in which the root is; never made anew if it is gone.</param>
/// <param name="options">How files are written.</param>
internal sealed class InstanceFolder(string root, string directory, SavingOptions options)
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly ConcurrentDictionary<string, bool> _made = new(StringComparer.Ordinal);

    // The unfinished files of this run, which no sweep may take for leftovers.
    private readonly HashSet<string> _writing = new(StringComparer.Ordinal);

    public string StudyFolder(string studyInstanceUid) => Path.Combine(root, Checked(studyInstanceUid));

    /// <summary>Where an instance's file is, or will be.</summary>
    public string PathOf(InstanceInfo instance) =>
        Path.Combine(SeriesFolder(instance.Series), InstanceFile.Name(Checked(instance.SopInstanceUid)));

    /// <summary>Writes an instance: visible under its name when whole, or not at all.</summary>
    public async ValueTask<SavedInstance> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        var folder = SeriesFolder(instance.Series);
        var path = PathOf(instance);
        var partial = Path.Combine(folder, InstanceFile.PartialName(instance.SopInstanceUid));
        var renamed = false;
        SetWriting(partial, true);
        try
        {
            long size;
            using (var file = Open(folder, partial, instance.SizeBytes))
            {
                size = await InstanceFile.CopyAsync(content, file, directory, cancellationToken).ConfigureAwait(false);
                Flush(file);
            }

            Rename(partial, path);
            renamed = true;
            return new SavedInstance(path, size);
        }
        finally
        {
            if (!renamed)
            {
                DeletePartial(partial);
            }

            SetWriting(partial, false);
        }
    }

    /// <summary>The instances of a series whose files are there with the right size.</summary>
    /// <param name="series">The series.</param>
    /// <param name="sweep">Whether unfinished files of an earlier run are deleted.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public HashSet<string> FindSaved(SeriesInfo series, bool sweep, CancellationToken cancellationToken)
    {
        var folder = SeriesFolder(series);
        var saved = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            if (sweep)
            {
                Sweep(folder);
            }

            var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var (name, size) in Files(folder))
            {
                cancellationToken.ThrowIfCancellationRequested();
                sizes[name] = size;
            }

            foreach (var instance in series.Instances)
            {
                if (sizes.TryGetValue(InstanceFile.Name(instance.SopInstanceUid), out var size) && HasRightSize(instance, size))
                {
                    saved.Add(instance.SopInstanceUid);
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing of the series was ever saved.
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }

        return saved;
    }

    /// <summary>Whether a saved copy of this size is the instance. A file without bytes is none, unless the index says so.</summary>
    public static bool HasRightSize(InstanceInfo instance, long sizeBytes) =>
        instance.SizeBytes is { } expected ? sizeBytes == expected : sizeBytes > 0;

    /// <summary>Deletes the unfinished files of a whole study.</summary>
    public void SweepStudy(string studyInstanceUid)
    {
        var study = new DirectoryInfo(StudyFolder(studyInstanceUid));
        if (!study.Exists)
        {
            return;
        }

        foreach (var series in study.EnumerateDirectories("*", Everything))
        {
            var folder = Path.Combine(series.FullName, "instances");
            if (Directory.Exists(folder))
            {
                Sweep(folder);
            }
        }
    }

    /// <summary>The whole files of a study, in the order of their names.</summary>
    public IReadOnlyList<StagedFile> FilesOf(string studyInstanceUid)
    {
        var study = new DirectoryInfo(StudyFolder(studyInstanceUid));
        if (!study.Exists)
        {
            return [];
        }

        var files = new List<StagedFile>();
        foreach (var series in study.EnumerateDirectories("*", Everything))
        {
            var folder = Path.Combine(series.FullName, "instances");
            if (UidName.IsSafe(series.Name) && Directory.Exists(folder))
            {
                files.AddRange(Files(folder).Where(f => InstanceFile.IsName(f.Name))
                    .Select(f => new StagedFile($"{series.Name}/instances/{f.Name}", Path.Combine(folder, f.Name))));
            }
        }

        files.Sort(static (a, b) => string.CompareOrdinal(a.EntryName, b.EntryName));
        return files;
    }

    private static FileSystemEnumerable<(string Name, long Size)> Files(string folder) =>
        new(folder, static (ref FileSystemEntry entry) => (entry.FileName.ToString(), SizeOf(ref entry)), Everything)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory,
        };

    // The size of a link is that of the name in it, so ask for its target; other reparse points (deduplicated files) have their own size.
    private static long SizeOf(ref FileSystemEntry entry) =>
        (entry.Attributes & FileAttributes.ReparsePoint) != 0 && entry.ToFileSystemInfo().ResolveLinkTarget(returnFinalTarget: true) is { } target
            ? target is FileInfo { Exists: true } file ? file.Length : -1
            : entry.Length;

    private static string Checked(string name) => UidName.IsSafe(name)
        ? name
        : throw new ArgumentException("The UID holds characters that no file name may have.", nameof(name));

    private string SeriesFolder(SeriesInfo series) =>
        Path.Combine(StudyFolder(series.StudyInstanceUid), Checked(series.SeriesInstanceUid), "instances");

    private SafeFileHandle Open(string folder, string partial, long? sizeBytes)
    {
        try
        {
            MakeFolder(folder);
            try
            {
                return InstanceFile.Create(partial, sizeBytes);
            }
            catch (DirectoryNotFoundException)
            {
                // Removed since it was made: once more.
                _made.TryRemove(folder, out _);
                MakeFolder(folder);
                return InstanceFile.Create(partial, sizeBytes);
            }
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }
    }

    private void MakeFolder(string folder)
    {
        if (_made.ContainsKey(folder))
        {
            return;
        }

        // Making it anew would fill the device below a mount point whose volume has gone.
        if (!Directory.Exists(directory))
        {
            throw DestinationErrors.Gone(directory);
        }

        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (DirectoryNotFoundException e) when (FileInTheWay(folder) is { } file)
        {
            // .NET reports so a file among the parents, which an exception of another kind tells of the folder itself.
            throw DestinationErrors.FileInTheWay(directory, file, e);
        }

        _made[folder] = true;
    }

    private static string? FileInTheWay(string folder)
    {
        for (var path = folder; path is not null; path = Path.GetDirectoryName(path))
        {
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    private void Flush(SafeFileHandle file)
    {
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

    private void Sweep(string folder)
    {
        var swept = 0;
        foreach (var name in Files(folder).Select(f => f.Name).Where(n => InstanceFile.IsPartialName(n)).ToList())
        {
            swept += DeleteLeftover(Path.Combine(folder, name)) ? 1 : 0;
        }

        if (swept > 0)
        {
            SavingLog.LeftoversSwept(options.Logger, swept, folder);
        }
    }

    private void SetWriting(string partial, bool writing)
    {
        lock (_writing)
        {
            _ = writing ? _writing.Add(partial) : _writing.Remove(partial);
        }
    }

    private bool DeleteLeftover(string path)
    {
        // Held while deleting: a save that begins now waits, and creates its file after that.
        lock (_writing)
        {
            return !_writing.Contains(path) && DeletePartial(path);
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
            SavingLog.LeftoverNotDeleted(options.Logger, e, path);
            return false;
        }
    }
}
