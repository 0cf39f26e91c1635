using System.Collections.Concurrent;
using System.IO.Compression;

namespace CodRetrieve.Saving;

/// <summary>A study saved as a zip, with what waits for it in the staging folder: that replaces what the zip holds.</summary>
internal sealed class SavedStudyZip : ISavedStudy
{
    private readonly ZipDirectory _zips;
    private readonly SavedStudyFolder _staged;

    // A zip has one reading position, so each reader that reads at the same time as others has it open once more.
    private readonly ConcurrentBag<ZipArchive> _idle = [];

    public SavedStudyZip(string directory, string studyInstanceUid, SavingOptions options)
    {
        _zips = new ZipDirectory(directory, options);
        _staged = new SavedStudyFolder(directory, SavedPlace.Staging, studyInstanceUid, options);
        Location = _zips.PathOf(studyInstanceUid);
        try
        {
            IsUnfinished = _staged.Names().Any();
            _zips.ThrowIfLink(Location);
            Return(ZipIndex.OpenRead(Location));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            HasZip = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            (HasZip, Fault) = (false, e);
        }
    }

    public string Location { get; }

    public Exception? Fault { get; }

    public bool IsUnfinished { get; }

    private bool HasZip { get; } = true;

    public string LocationOf(InstanceInfo instance) => _zips.LocationOf(instance);

    public SavedFile? Open(InstanceInfo instance) => _staged.Open(instance) ?? (HasZip ? OpenEntry(instance) : null);

    public IEnumerable<SavedName> Names()
    {
        if (!HasZip)
        {
            return _staged.Names();
        }

        var zip = Rent();
        try
        {
            // Folders have entries of their own in the zips of some tools.
            return [.. zip.Entries.Where(entry => !entry.FullName.EndsWith('/')).Select(entry => new SavedName(entry.FullName, $"{Location}://{entry.FullName}")), .. _staged.Names()];
        }
        finally
        {
            Return(zip);
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var zip))
        {
            zip.Dispose();
        }
    }

    private SavedFile? OpenEntry(InstanceInfo instance)
    {
        var zip = Rent();
        Stream? content = null;
        try
        {
            var entry = zip.GetEntry(ZipDirectory.EntryName(instance));
            content = entry?.Open();
            return content is null ? null : new SavedFile(content, entry!.Length, LocationOf(instance), () => Return(zip));
        }
        finally
        {
            if (content is null)
            {
                Return(zip);
            }
        }
    }

    private ZipArchive Rent() => _idle.TryTake(out var zip) ? zip : ZipIndex.OpenRead(Location);

    private void Return(ZipArchive zip) => _idle.Add(zip);
}
