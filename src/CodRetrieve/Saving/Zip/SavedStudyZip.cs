using System.Collections.Concurrent;
using System.IO.Compression;

namespace CodRetrieve.Saving;

/// <summary>A study saved as a zip, with what waits in an unfinished one: that replaces what the zip holds.</summary>
internal sealed class SavedStudyZip : ISavedStudy
{
    private readonly string _studyInstanceUid;
    private readonly ZipDirectory _zips;
    private readonly UnfinishedStudy? _waiting;

    // A zip has one reading position, so each reader that reads at the same time as others has it open once more.
    private readonly ConcurrentBag<ZipArchive> _idle = [];

    public SavedStudyZip(string directory, string studyInstanceUid, SavingOptions options, InstancePlaces? places)
    {
        _studyInstanceUid = studyInstanceUid;
        _zips = new ZipDirectory(directory, options, places);
        Location = _zips.PathOf(studyInstanceUid);
        try
        {
            _waiting = new UnfinishedStudy(new UnfinishedZips(directory, options).Of(studyInstanceUid));
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

    public bool IsUnfinished => _waiting is { Names.Count: > 0 };

    private bool HasZip { get; } = true;

    public string LocationOf(InstanceInfo instance) => _zips.LocationOf(instance);

    public SavedFile? Open(InstanceInfo instance) => _waiting?.Open(_zips.NameOf(instance)) is { } waiting
        ? new SavedFile(waiting.Content, waiting.SizeBytes, LocationOf(instance))
        : HasZip ? OpenEntry(instance) : null;

    public IEnumerable<SavedName> Names()
    {
        var waiting = _waiting?.Names ?? [];
        if (!HasZip)
        {
            return waiting.Select(Named);
        }

        var zip = Rent();
        try
        {
            // Folders have entries of their own in the zips of some tools.
            return [.. zip.Entries.Select(entry => entry.FullName).Where(name => !name.EndsWith('/') && name != IncompleteNote.EntryName).Concat(waiting)
                .Distinct(StringComparer.Ordinal).Select(Named)];
        }
        finally
        {
            Return(zip);
        }
    }

    public void Dispose()
    {
        _waiting?.Dispose();
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
            var entry = zip.GetEntry(_zips.NameOf(instance));
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

    private SavedName Named(string name) => new(_zips.InstanceIn(_studyInstanceUid, name), $"{Location}://{name}");

    private ZipArchive Rent() => _idle.TryTake(out var zip) ? zip : ZipIndex.OpenRead(Location);

    private void Return(ZipArchive zip) => _idle.Add(zip);
}
