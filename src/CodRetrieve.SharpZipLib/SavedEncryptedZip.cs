using ICSharpCode.SharpZipLib.Zip;

namespace CodRetrieve.Saving;

/// <summary>A study saved as an encrypted zip.</summary>
internal sealed class SavedEncryptedZip : ISavedStudy
{
    private readonly ZipDirectory _zips;
    private readonly ZipFile? _zip;
    private readonly string _studyInstanceUid;

    public SavedEncryptedZip(ZipDirectory zips, string studyInstanceUid, string password)
    {
        _zips = zips;
        _studyInstanceUid = studyInstanceUid;
        Location = zips.PathOf(studyInstanceUid);
        try
        {
            zips.ThrowIfLink(Location);
            _zip = EncryptedZipReader.Open(Location, password);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            _zip = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Fault = e;
        }
    }

    public string Location { get; }

    public Exception? Fault { get; }

    public bool IsUnfinished => false;

    public string LocationOf(InstanceInfo instance) => _zips.LocationOf(instance);

    // The library lets several read a zip at the same time.
    public SavedFile? Open(InstanceInfo instance) => _zip?.GetEntry(_zips.NameOf(instance)) is { } entry
        ? new SavedFile(EncryptedZipReader.OpenEntry(_zip, entry, Location), entry.Size, LocationOf(instance))
        : null;

    public IEnumerable<SavedName> Names() => _zip is null ? [] : [.. _zip.Cast<ZipEntry>()
        .Where(entry => !entry.IsDirectory && entry.Name != IncompleteNote.EntryName)
        .Select(entry => new SavedName(_zips.InstanceIn(_studyInstanceUid, entry.Name), $"{Location}://{entry.Name}"))];

    public void Dispose() => ((IDisposable?)_zip)?.Dispose();
}
