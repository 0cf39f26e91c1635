using System.IO.Enumeration;
using CodRetrieve.Catalog;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>One file per instance: <c>{directory}/{study}/{series}/instances/{sop}.dcm</c>. Safe for calls for different instances at once.</summary>
internal sealed class StudyFolderLayout : IStudyLayout
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly string _root;
    private readonly SavingOptions _options;
    private readonly InstanceWriter _writer;

    /// <param name="root">The full path of the destination's directory; never created again if it is gone.</param>
    /// <param name="options">How files are written.</param>
    public StudyFolderLayout(string root, SavingOptions options)
    {
        (_root, _options) = (root, options);
        _writer = new InstanceWriter(root, options.AllowSymbolicLinks, options);
    }

    public string StudyFolder(string studyInstanceUid) => Path.Combine(_root, SafeName.Validate(studyInstanceUid));

    public string SeriesFolder(string studyInstanceUid, string seriesInstanceUid) =>
        Path.Combine(StudyFolder(studyInstanceUid), SafeName.Validate(seriesInstanceUid), "instances");

    /// <inheritdoc/>
    public string LocationOf(InstanceInfo instance) =>
        Path.Combine(SeriesFolder(instance.Series), InstanceFile.Name(SafeName.Validate(instance.SopInstanceUid)));

    public bool NeedsFileSystemFlush => !_options.FlushesEachFile;

    public ISavedStudy OpenStudy(string studyInstanceUid) => new SavedStudyFolder(_root, studyInstanceUid, _options);

    public async ValueTask<(string Location, FoundFile File)> SaveAsync(
        InstanceInfo instance, StudySession session, Stream content, CancellationToken cancellationToken)
    {
        var path = LocationOf(instance);
        return (path, await _writer.SaveAsync(instance, path, session.Run.Owner, content, cancellationToken).ConfigureAwait(false));
    }

    public ValueTask CompleteStudyAsync(StudyInfo study, StudySession session, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyDictionary<string, Exception>> RemoveAsync(
        IReadOnlyList<string> instances, StudySession session, CancellationToken cancellationToken)
    {
        var failures = new Dictionary<string, Exception>(StringComparer.Ordinal);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in instances)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = Path.Combine(StudyFolder(session.StudyInstanceUid), name.Replace('/', Path.DirectorySeparatorChar));
            try
            {
                ThrowIfLink(path);
                Remove(path, session.Receipts.Find(EntryHash.Of(name)));
                folders.Add(Path.GetDirectoryName(path)!);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failures[name] = e;
            }
        }

        foreach (var folder in folders)
        {
            RemoveEmpty(folder);
        }

        return ValueTask.FromResult<IReadOnlyDictionary<string, Exception>>(failures);
    }

    public long BytesCarriedOver(string studyInstanceUid) => 0;

    public long SpaceNeeded(long bytesToSave, long bytesCarriedOver) => bytesToSave;

    /// <summary>Opens the file of an instance; <see langword="null"/> if there is none.</summary>
    /// <exception cref="IOException">It cannot be read, or is a link.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public FileStream? TryOpen(InstanceInfo instance)
    {
        var path = LocationOf(instance);
        ThrowIfLink(path);
        return TryOpen(path);
    }

    /// <summary>Opens a file for reading it to its end; <see langword="null"/> if there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream? TryOpen(string path)
    {
        try
        {
            // Read in large blocks, so a buffer would only copy.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || Directory.Exists(path))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The folder cannot be read, or is a link.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public FoundInstances Find(SeriesInfo series, StudySession? session, CancellationToken cancellationToken)
    {
        var folder = SeriesFolder(series);
        if (session is not null)
        {
            CleanUpSeries(folder, session.Run);
        }

        ThrowIfLink(folder);
        var files = new Dictionary<string, FoundFile>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, file) in Files(folder))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (InstanceFile.TryGetUid(name) is { } sop)
                {
                    files[sop] = file;
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing of the series was ever saved.
        }

        var unlisted = files.Keys.Except(series.Instances.Select(static instance => instance.SopInstanceUid), StringComparer.Ordinal);
        return new FoundInstances(files, [.. unlisted.Order(StringComparer.Ordinal)]);
    }

    public void CleanUp(string studyInstanceUid, RunMarker run)
    {
        var study = StudyFolder(studyInstanceUid);
        ThrowIfLink(study);
        if (Directory.Exists(study))
        {
            foreach (var series in new DirectoryInfo(study).EnumerateDirectories("*", Everything).Select(series => series.Name).Where(name => SafeUid.IsSafe(name)).ToList())
            {
                CleanUpSeries(SeriesFolder(studyInstanceUid, series), run);
            }
        }
    }

    /// <summary>Throws if links are not allowed and a path leads through one.</summary>
    public void ThrowIfLink(string path) => _options.ThrowIfLink(_root, path);

    /// <summary>Deletes the file of an instance, if it is the one that its receipt is of.</summary>
    /// <exception cref="IOException">It is another one, or cannot be deleted.</exception>
    public static void Remove(string path, in Receipt? receipt)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return;
        }

        if (receipt?.IsOf(new FoundFile(file.Length, file.LastWriteTimeUtc)) != true)
        {
            throw new IOException($"{path} was changed since it was saved, and is kept.");
        }

        file.Delete();
    }

    // The folder of a series and the one of its instances; whatever else is in them stays.
    private void RemoveEmpty(string instances)
    {
        foreach (var folder in new[] { instances, Path.GetDirectoryName(instances)! })
        {
            try
            {
                if (!Directory.EnumerateFileSystemEntries(folder).Any())
                {
                    Directory.Delete(folder);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                SavingLogMessages.LeftoverNotDeleted(_options.Logger, e, folder);
            }
        }
    }

    private string SeriesFolder(SeriesInfo series) => SeriesFolder(series.StudyInstanceUid, series.SeriesInstanceUid);

    private FileSystemEnumerable<(string Name, FoundFile File)> Files(string folder)
    {
        var allowsLinks = _options.AllowSymbolicLinks;
        return new(
            folder,
            static (ref FileSystemEntry entry) => (entry.FileName.ToString(), Found(ref entry)),
            Everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && (allowsLinks || !IsLink(ref entry)),
        };
    }

    // Other reparse points than links (deduplicated files) are files as any.
    private static bool IsLink(ref FileSystemEntry entry) =>
        (entry.Attributes & FileAttributes.ReparsePoint) != 0 && entry.ToFileSystemInfo().LinkTarget is not null;

    // The size of a link is that of the name in it, so ask for its target.
    private static FoundFile Found(ref FileSystemEntry entry) =>
        !IsLink(ref entry) ? new FoundFile(entry.Length, entry.LastWriteTimeUtc.UtcDateTime)
        : entry.ToFileSystemInfo().ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } file
            ? new FoundFile(file.Length, file.LastWriteTimeUtc)
            : new FoundFile(-1, default);

    // Of runs that no longer live.
    private void CleanUpSeries(string folder, RunMarker run)
    {
        ThrowIfLink(folder);
        if (!Directory.Exists(folder))
        {
            return;
        }

        var deleted = 0;
        foreach (var name in Files(folder).Select(static file => file.Name).Where(static name => InstanceFile.IsPartialName(name, out _)).ToList())
        {
            if (InstanceFile.IsPartialName(name, out var owner) && run.Of(owner) != Liveness.Alive)
            {
                var path = Path.Combine(folder, name);
                if (WholeFile.TryDelete(path) is { } problem)
                {
                    SavingLogMessages.LeftoverNotDeleted(_options.Logger, problem, path);
                }
                else
                {
                    deleted++;
                }
            }
        }

        if (deleted > 0)
        {
            SavingLogMessages.LeftoversDeleted(_options.Logger, deleted, folder);
        }
    }
}
