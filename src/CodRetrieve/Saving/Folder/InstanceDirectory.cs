using System.IO.Enumeration;
using CodRetrieve.Catalog;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>Instances as files <c>{root}/{study}/{series}/instances/{sop}.dcm</c>. Safe for calls for different instances at once.</summary>
internal sealed class InstanceDirectory
{
    private static readonly TimeSpan AgeOfLeftovers = TimeSpan.FromHours(1);
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly string _root;
    private readonly string _directory;
    private readonly SavedPlace _place;
    private readonly bool _allowsLinks;
    private readonly SavingOptions _options;
    private readonly InstanceWriter _writer;

    /// <param name="directory">The destination's directory; never created again if it is gone.</param>
    /// <param name="place">Whether the study folders are in it, or among what waits for zips.</param>
    /// <param name="options">How files are written.</param>
    public InstanceDirectory(string directory, SavedPlace place, SavingOptions options)
    {
        (_directory, _place, _options) = (directory, place, options);
        _root = place == SavedPlace.Staging ? StatePaths.Staging(directory) : directory;
        _allowsLinks = options.AllowSymbolicLinks && place == SavedPlace.Folder;
        _writer = new InstanceWriter(directory, _allowsLinks, options);
    }

    public string StudyFolder(string studyInstanceUid) => Path.Combine(_root, SafeName.Validate(studyInstanceUid));

    public string SeriesFolder(string studyInstanceUid, string seriesInstanceUid) =>
        Path.Combine(StudyFolder(studyInstanceUid), SafeName.Validate(seriesInstanceUid), "instances");

    /// <summary>Where an instance's file is, or will be.</summary>
    public string PathOf(InstanceInfo instance) =>
        Path.Combine(SeriesFolder(instance.Series), InstanceFile.Name(SafeName.Validate(instance.SopInstanceUid)));

    /// <inheritdoc cref="InstanceWriter.SaveAsync"/>
    public ValueTask<WrittenFile> SaveAsync(InstanceInfo instance, string owner, Stream content, CancellationToken cancellationToken)
    {
        _ = SafeName.Validate(instance.SopInstanceUid);
        return _writer.SaveAsync(instance, SeriesFolder(instance.Series), owner, content, cancellationToken);
    }

    /// <summary>Opens the file of an instance; <see langword="null"/> if there is none.</summary>
    /// <exception cref="IOException">It cannot be read, or is a link.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public FileStream? TryOpen(InstanceInfo instance)
    {
        var path = PathOf(instance);
        ThrowIfLink(path);
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

    /// <summary>The instances of a series whose files are there, of whatever size.</summary>
    /// <exception cref="IOException">The folder cannot be read, or is a link.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public Dictionary<string, FoundFile> Find(SeriesInfo series, CancellationToken cancellationToken)
    {
        var folder = SeriesFolder(series);
        ThrowIfLink(folder);
        var found = new Dictionary<string, FoundFile>(StringComparer.Ordinal);
        try
        {
            var files = new Dictionary<string, FoundFile>(StringComparer.Ordinal);
            foreach (var (name, file) in Files(folder))
            {
                cancellationToken.ThrowIfCancellationRequested();
                files[name] = file;
            }

            foreach (var instance in series.Instances)
            {
                if (files.TryGetValue(InstanceFile.Name(instance.SopInstanceUid), out var file))
                {
                    found[instance.SopInstanceUid] = file;
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing of the series was ever saved.
        }

        return found;
    }

    /// <summary>Deletes the unfinished files of a series that belong to no living run.</summary>
    public void CleanUp(string studyInstanceUid, string seriesInstanceUid, RunMarker run)
    {
        var folder = SeriesFolder(studyInstanceUid, seriesInstanceUid);
        if (!_allowsLinks)
        {
            SymbolicLink.ThrowIfBelow(_directory, folder);
        }

        if (Directory.Exists(folder))
        {
            DeleteLeftovers(folder, run);
        }
    }

    /// <summary>Deletes the unfinished files of a whole study that belong to no living run.</summary>
    public void CleanUp(string studyInstanceUid, RunMarker run)
    {
        foreach (var series in SeriesOf(studyInstanceUid))
        {
            CleanUp(studyInstanceUid, series, run);
        }
    }

    /// <summary>The series of a study that have a folder.</summary>
    public IReadOnlyList<string> SeriesOf(string studyInstanceUid)
    {
        var study = StudyFolder(studyInstanceUid);
        ThrowIfLink(study);
        return Directory.Exists(study)
            ? [.. new DirectoryInfo(study).EnumerateDirectories("*", Everything).Select(series => series.Name).Where(name => SafeUid.IsSafe(name))]
            : [];
    }

    /// <summary>Throws if links are not allowed and a path leads through one.</summary>
    public void ThrowIfLink(string path)
    {
        if (!_allowsLinks)
        {
            SymbolicLink.ThrowIfBelow(_directory, path);
        }
    }

    private string SeriesFolder(SeriesInfo series) => SeriesFolder(series.StudyInstanceUid, series.SeriesInstanceUid);

    private FileSystemEnumerable<(string Name, FoundFile File)> Files(string folder)
    {
        var (place, allowsLinks) = (_place, _allowsLinks);
        return new(
            folder,
            (ref FileSystemEntry entry) => (entry.FileName.ToString(), Found(ref entry, place)),
            Everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && (allowsLinks || !IsLink(ref entry)),
        };
    }

    // Other reparse points than links (deduplicated files) are files as any.
    private static bool IsLink(ref FileSystemEntry entry) =>
        (entry.Attributes & FileAttributes.ReparsePoint) != 0 && entry.ToFileSystemInfo().LinkTarget is not null;

    // The size of a link is that of the name in it, so ask for its target.
    private static FoundFile Found(ref FileSystemEntry entry, SavedPlace place) =>
        !IsLink(ref entry) ? new FoundFile(place, entry.Length, entry.LastWriteTimeUtc.UtcDateTime)
        : entry.ToFileSystemInfo().ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } file
            ? new FoundFile(place, file.Length, file.LastWriteTimeUtc)
            : new FoundFile(place, -1, default);

    private void DeleteLeftovers(string folder, RunMarker run)
    {
        var deleted = 0;
        foreach (var (name, file) in Files(folder).Where(file => InstanceFile.IsPartialName(file.Name, out _)).ToList())
        {
            if (InstanceFile.IsPartialName(name, out var owner) && !MayBeWritten(owner, file, run))
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

    // Where locks mean nothing, only its age shows that nobody writes a file any more.
    private bool MayBeWritten(string owner, FoundFile file, RunMarker run) =>
        owner == run.Owner || (owner.Length > 0 && (run.HasLocks
            ? run.IsAlive(owner)
            : _options.TimeProvider.GetUtcNow().UtcDateTime - file.LastWriteUtc < AgeOfLeftovers));
}
