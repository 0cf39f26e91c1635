using System.IO.Enumeration;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>A study saved as files.</summary>
/// <param name="directory">The full path of the directory.</param>
/// <param name="studyInstanceUid">The study.</param>
/// <param name="options">Whether links are followed.</param>
internal sealed class SavedStudyFolder(string directory, string studyInstanceUid, SavingOptions options) : ISavedStudy
{
    // Below a study are its series, their folders of instances, and these: no link can lead further.
    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        MaxRecursionDepth = 8,
    };

    private readonly StudyFolderLayout _files = new(directory, options);

    public string Location => _files.StudyFolder(studyInstanceUid);

    public Exception? Fault => null;

    public bool IsUnfinished => false;

    public string LocationOf(InstanceInfo instance) => _files.LocationOf(instance);

    public SavedFile? Open(InstanceInfo instance) =>
        _files.TryOpen(instance) is { } file ? new SavedFile(file, file.Length, file.Name) : null;

    public IEnumerable<SavedName> Names()
    {
        _files.ThrowIfLink(Location);
        if (!Directory.Exists(Location))
        {
            yield break;
        }

        foreach (var path in Paths())
        {
            if (Path.GetFileName(path) is var file && !InstanceFile.IsPartialName(file, out _) && !SystemFile.IsName(file))
            {
                yield return new SavedName(Path.GetRelativePath(Location, path).Replace(Path.DirectorySeparatorChar, '/'), path);
            }
        }
    }

    private FileSystemEnumerable<string> Paths()
    {
        var followsLinks = options.AllowSymbolicLinks;
        return new(Location, static (ref FileSystemEntry entry) => entry.ToFullPath(), Everything)
        {
            // A link to a folder is named, as a file that nobody knows; what it leads to is not looked at.
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory || (!followsLinks && IsLink(ref entry)),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => followsLinks || !IsLink(ref entry),
        };
    }

    private static bool IsLink(ref FileSystemEntry entry) =>
        (entry.Attributes & FileAttributes.ReparsePoint) != 0 && SymbolicLink.Is(entry.ToFullPath());

    public void Dispose()
    {
        // Nothing stays open between calls.
    }
}
