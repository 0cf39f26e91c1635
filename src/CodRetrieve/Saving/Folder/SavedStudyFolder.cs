namespace CodRetrieve.Saving;

/// <summary>A study saved as files.</summary>
internal sealed class SavedStudyFolder(string root, string directory, string studyInstanceUid) : ISavedStudy
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly InstanceDirectory _files = new(root, directory, new SavingOptions());

    public string Location => _files.StudyFolder(studyInstanceUid);

    public Exception? Fault => null;

    public bool IsUnfinished => false;

    public string LocationOf(InstanceInfo instance) => _files.PathOf(instance);

    public SavedFile? Open(InstanceInfo instance)
    {
        var path = _files.PathOf(instance);
        try
        {
            // Read in large blocks, so a buffer would only copy.
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            return new SavedFile(file, file.Length, path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || Directory.Exists(path))
        {
            return null;
        }
    }

    public IEnumerable<SavedName> Names()
    {
        if (!Directory.Exists(Location))
        {
            yield break;
        }

        foreach (var path in Directory.EnumerateFiles(Location, "*", Everything))
        {
            if (!InstanceFile.IsPartialName(Path.GetFileName(path.AsSpan())))
            {
                yield return new SavedName(Path.GetRelativePath(Location, path).Replace(Path.DirectorySeparatorChar, '/'), path);
            }
        }
    }

    public void Dispose()
    {
        // Nothing stays open between calls.
    }
}
