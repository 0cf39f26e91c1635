using System.IO.Compression;

namespace CodRetrieve.Saving;

/// <summary>The zips of a directory: <c>{directory}/{study}.zip</c>. Safe for calls for different studies at once.</summary>
/// <param name="directory">The full path of the directory.</param>
/// <param name="options">How zips are written.</param>
/// <param name="places">Where instances are; <see langword="null"/> for the default layout.</param>
internal sealed class ZipDirectory(string directory, SavingOptions options, InstancePlaces? places)
{
    // The series of a study are often looked at together; its zip is read once for all of them.
    private readonly StudyCache<ZipIndex> _indexes = new();
    private readonly StudyCache<UnfinishedIndex> _unfinished = new();
    private readonly UnfinishedZips _unfinishedZips = new(directory, options);

    public string PathOf(string studyInstanceUid) => Path.Combine(directory, FileName(studyInstanceUid));

    public static string FileName(string studyInstanceUid) => SafeName.Validate(studyInstanceUid) + ".zip";

    /// <summary>Where an instance is in the zip of its study, in the form that the COD writer uses for tars.</summary>
    public string LocationOf(InstanceInfo instance) => $"{PathOf(instance.Series.StudyInstanceUid)}://{NameOf(instance)}";

    /// <summary>The name of the entry that an instance has, or would have.</summary>
    public string NameOf(InstanceInfo instance) => places?.Of(instance.Series.StudyInstanceUid).Of(instance) ?? EntryName(instance);

    /// <summary>The name of the entry that an instance is to have now, and the one that it has.</summary>
    public (string Name, string? Before) NewNameOf(InstanceInfo instance) =>
        places?.Of(instance.Series.StudyInstanceUid) is { } known ? (known.PlannedOf(instance), known.FindSaved(instance)) : (EntryName(instance), null);

    /// <summary>The name of the entry of an instance that has the name of <see cref="EntryName"/>.</summary>
    public string PlaceOf(string studyInstanceUid, string instance) =>
        places?.Of(studyInstanceUid).Saved.FirstOrDefault(one => one.Key == instance).Value ?? instance;

    /// <summary>The name of <see cref="EntryName"/> of the instance in an entry; that of the entry where none is known to be in it.</summary>
    public string InstanceIn(string studyInstanceUid, string name) => places?.Of(studyInstanceUid).InstanceIn(name) ?? name;

    /// <summary>The name by which an instance is known, and that of its entry in the default layout.</summary>
    public static string EntryName(InstanceInfo instance) => $"{instance.Series.SeriesInstanceUid}/{instance.EntryName}";

    /// <summary>The instances of a series that the zip of its study holds, of whatever size.</summary>
    /// <param name="series">The series.</param>
    /// <param name="mayChange">Whether a zip that cannot be read is renamed, out of the way of a new one.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public FoundInstances Find(SeriesInfo series, bool mayChange, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, FoundFile>(StringComparer.Ordinal);
        places?.Of(series.StudyInstanceUid).Plan(series);
        if (Index(series.StudyInstanceUid, mayChange, cancellationToken) is not { } index)
        {
            return new FoundInstances(found, []);
        }

        foreach (var instance in series.Instances)
        {
            if (index.Find(NameOf(instance)) is { } entry)
            {
                found[instance.SopInstanceUid] = entry;
            }
        }

        return new FoundInstances(found, places is not null ? Unlisted(series, index) : index.CountIn(series) > found.Count ? Unlisted(series, found) : []);
    }

    private List<string> Unlisted(SeriesInfo series, ZipIndex index)
    {
        var listed = series.Instances.Select(EntryName).ToHashSet(StringComparer.Ordinal);
        return [.. places!.Of(series.StudyInstanceUid).Saved
            .Where(one => !listed.Contains(one.Key) && index.Find(one.Value) is not null)
            .Select(static one => ZipIndex.TryGetInstance(one.Key))
            .Where(instance => instance?.Series == series.SeriesInstanceUid)
            .Select(static instance => instance!.Value.SopInstanceUid)
            .Order(StringComparer.Ordinal)];
    }

    // Rare, so the index does not keep names.
    private List<string> Unlisted(SeriesInfo series, Dictionary<string, FoundFile> found)
    {
        using var zip = ZipIndex.OpenRead(PathOf(series.StudyInstanceUid));
        return [.. zip.Entries
            .Select(static entry => ZipIndex.TryGetInstance(entry.FullName))
            .Where(instance => instance?.Series == series.SeriesInstanceUid)
            .Select(static instance => instance!.Value.SopInstanceUid)
            .Except(found.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Drops what is known of a study's zip.</summary>
    public void Forget(string studyInstanceUid) => _indexes.Remove(studyInstanceUid);

    /// <summary>The instances of a series that wait in unfinished zips, as far as their headers tell.</summary>
    public IEnumerable<(InstanceInfo Instance, FoundFile File)> FindUnfinished(SeriesInfo series)
    {
        var study = series.StudyInstanceUid;
        var paths = _unfinishedZips.Of(study).ToList();
        if (paths.Count == 0 || _unfinished.Get(study, index => index.IsOf(paths), () => UnfinishedIndex.Read(paths)) is not { } index)
        {
            yield break;
        }

        foreach (var instance in series.Instances)
        {
            if (index.Find(NameOf(instance)) is { } file && file.HasSizeOf(instance))
            {
                yield return (instance, file);
            }
        }
    }

    /// <summary>
    /// Whether the zip of a study, to which nothing is added, must be written again for its note alone: it says that something is missing, and nothing is; or an
    /// instance is known to be missing, and it does not say so. A store that cannot be reached is no reason.
    /// </summary>
    public bool NeedsAnotherNote(StudyInfo study, CancellationToken cancellationToken) =>
        Index(study.StudyInstanceUid, mayChange: true, cancellationToken) is { IsReadable: true } index
        && (index.Find(IncompleteNote.EntryName) is not null
            ? study.IsComplete
            : study.Failures.Any(static failure => failure.SopInstanceUid is not null));

    /// <summary>Opens an earlier zip whose entries are carried over; one that cannot be read is renamed.</summary>
    public ZipArchive? OpenOld(string path)
    {
        try
        {
            return ZipIndex.OpenRead(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (InvalidDataException e)
        {
            SavingLogMessages.ZipDamaged(options.Logger, e, path, DamagedFile.Rename(path));
            return null;
        }
    }

    /// <summary>What a zip says is missing; <see langword="null"/> if it says nothing.</summary>
    public static byte[]? TryReadNote(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var zip = ZipIndex.OpenRead(path);
        if (zip.GetEntry(IncompleteNote.EntryName) is not { } entry)
        {
            return null;
        }

        using var content = entry.Open();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private ZipIndex? Index(string studyInstanceUid, bool mayChange, CancellationToken cancellationToken)
    {
        var path = PathOf(studyInstanceUid);
        ThrowIfLink(path);
        return _indexes.Get(studyInstanceUid, index => index.IsOf(path), () => ReadIndex(path, mayChange, cancellationToken));
    }

    private ZipIndex? ReadIndex(string path, bool mayChange, CancellationToken cancellationToken)
    {
        try
        {
            return ZipIndex.Read(path, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (InvalidDataException e)
        {
            if (!mayChange)
            {
                return ZipIndex.Empty(path);
            }

            SavingLogMessages.ZipDamaged(options.Logger, e, path, DamagedFile.Rename(path));
            return null;
        }
    }

    /// <summary>Throws if links are not allowed and a zip is one.</summary>
    public void ThrowIfLink(string path) => options.ThrowIfLink(directory, path);
}
