using System.IO.Enumeration;
using CodRetrieve.Catalog;

namespace CodRetrieve.Saving;

/// <summary>Instances as files <c>{root}/{study}/{series}/instances/{sop}.dcm</c>. Safe for calls for different instances at once.</summary>
/// <param name="root">Where the study folders are; made when needed.</param>
/// <param name="directory">The destination's directory, in which the root is; never made anew if it is gone.</param>
/// <param name="options">How files are written.</param>
internal sealed class InstanceDirectory(string root, string directory, SavingOptions options)
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly InstanceWriter _writer = new(directory, options);

    public string StudyFolder(string studyInstanceUid) => Path.Combine(root, Validate(studyInstanceUid));

    /// <summary>Where an instance's file is, or will be.</summary>
    public string PathOf(InstanceInfo instance) =>
        Path.Combine(SeriesFolder(instance.Series), InstanceFile.Name(Validate(instance.SopInstanceUid)));

    /// <inheritdoc cref="InstanceWriter.SaveAsync"/>
    public ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        _ = Validate(instance.SopInstanceUid);
        return _writer.SaveAsync(instance, SeriesFolder(instance.Series), content, cancellationToken);
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
            if (SafeUid.IsSafe(series.Name) && Directory.Exists(folder))
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

    private static string Validate(string name) => SafeUid.IsSafe(name)
        ? name
        : throw new ArgumentException("The UID holds characters that no file name may have.", nameof(name));

    private string SeriesFolder(SeriesInfo series) =>
        Path.Combine(StudyFolder(series.StudyInstanceUid), Validate(series.SeriesInstanceUid), "instances");

    private void Sweep(string folder)
    {
        var swept = 0;
        foreach (var name in Files(folder).Select(f => f.Name).Where(n => InstanceFile.IsPartialName(n)).ToList())
        {
            swept += _writer.TryDeleteLeftover(Path.Combine(folder, name)) ? 1 : 0;
        }

        if (swept > 0)
        {
            SavingLogMessages.LeftoversSwept(options.Logger, swept, folder);
        }
    }
}
