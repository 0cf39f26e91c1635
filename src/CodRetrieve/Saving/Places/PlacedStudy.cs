namespace CodRetrieve.Saving;

/// <summary>A study saved as files in a layout of the user's. Of its folders, which may be those of others, too, only what was saved is looked at.</summary>
internal sealed class PlacedStudy(string location, PlacedFolderLayout files, StudyPlaces places) : ISavedStudy
{
    public string Location => location;

    public Exception? Fault => null;

    public bool IsUnfinished => false;

    public string LocationOf(InstanceInfo instance) => files.PathOf(places.Of(instance));

    public SavedFile? Open(InstanceInfo instance)
    {
        var path = LocationOf(instance);
        files.ThrowIfLink(path);
        return StudyFolderLayout.TryOpen(path) is { } file ? new SavedFile(file, file.Length, file.Name) : null;
    }

    public IEnumerable<SavedName> Names()
    {
        foreach (var (instance, place) in places.Saved)
        {
            var path = files.PathOf(place);
            files.ThrowIfLink(path);
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
}
