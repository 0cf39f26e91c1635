using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>A study saved as files in a layout of the user's. Of its folders, which may be those of others, too, only what was saved is looked at.</summary>
internal sealed class PlacedStudy(string root, string studyInstanceUid, StudyPlaces places, SavingOptions options) : ISavedStudy
{
    public string Location => $"{root} ({studyInstanceUid})";

    public Exception? Fault => null;

    public bool IsUnfinished => false;

    public string LocationOf(InstanceInfo instance) => PathOf(places.Of(instance));

    public SavedFile? Open(InstanceInfo instance)
    {
        var path = LocationOf(instance);
        ThrowIfLink(path);
        return StudyFolderLayout.TryOpen(path) is { } file ? new SavedFile(file, file.Length, file.Name) : null;
    }

    public IEnumerable<SavedName> Names()
    {
        foreach (var (instance, place) in places.Saved)
        {
            var path = PathOf(place);
            ThrowIfLink(path);
            if (File.Exists(path))
            {
                yield return new SavedName(instance, path);
            }
        }
    }

    public void Dispose()
    {
        // Nothing stays open between calls.
    }

    private string PathOf(string place) => Path.Combine(root, place.Replace('/', Path.DirectorySeparatorChar));

    private void ThrowIfLink(string path)
    {
        if (!options.AllowSymbolicLinks)
        {
            SymbolicLink.ThrowIfBelow(root, path);
        }
    }
}
