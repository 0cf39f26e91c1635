namespace CodRetrieve.Saving;

/// <summary>One encrypted zip per study.</summary>
/// <param name="root">The full path of the directory.</param>
/// <param name="password">The password.</param>
/// <param name="options">How zips are written.</param>
/// <param name="places">Where instances are; <see langword="null"/> for the default layout.</param>
internal sealed class EncryptedZipLayout(string root, string password, SavingOptions options, InstancePlaces? places) : IStudyLayout
{
    private readonly ZipDirectory _zips = new(root, options, places);
    private readonly UnfinishedZips _unfinished = new(root, options);
    private readonly StudyCache<EncryptedZipIndex> _indexes = new();

    public string LocationOf(InstanceInfo instance) => _zips.LocationOf(instance);

    // A zip is flushed before it gets its name, if it is to be durable.
    public bool NeedsFileSystemFlush => false;

    public FoundInstances Find(SeriesInfo series, StudySession? session, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, FoundFile>(StringComparer.Ordinal);
        var index = Index(series.StudyInstanceUid, session is not null, cancellationToken);
        var work = session is null ? null : Work(session);
        places?.Of(series.StudyInstanceUid).Plan(series);
        foreach (var instance in series.Instances)
        {
            var name = _zips.NameOf(instance);
            if ((work?.Find(name) ?? index?.Find(name)) is { } file)
            {
                found[instance.SopInstanceUid] = file;
            }
        }

        var unlisted = (index?.Names ?? [])
            .Select(name => ZipIndex.TryGetInstance(_zips.InstanceIn(series.StudyInstanceUid, name)))
            .Where(instance => instance?.Series == series.SeriesInstanceUid)
            .Select(static instance => instance!.Value.SopInstanceUid)
            .Except(series.Instances.Select(static instance => instance.SopInstanceUid), StringComparer.Ordinal);
        return new FoundInstances(found, [.. unlisted.Order(StringComparer.Ordinal)]);
    }

    public ISavedStudy OpenStudy(string studyInstanceUid) => new SavedEncryptedZip(_zips, studyInstanceUid, password);

    public async ValueTask<(string Location, FoundFile File)> SaveAsync(
        InstanceInfo instance, StudySession session, Stream content, CancellationToken cancellationToken)
    {
        _zips.ThrowIfLink(_zips.PathOf(instance.Series.StudyInstanceUid));
        var (name, before) = _zips.NewNameOf(instance);
        var work = Work(session);
        var file = await work.WriteAsync(name, instance.SizeBytes, content, cancellationToken).ConfigureAwait(false);
        if (before is not null && before != name)
        {
            work.AddRemoved(before);
        }

        places?.Of(session.StudyInstanceUid).Add(instance, name);
        return (_zips.LocationOf(instance), file);
    }

    public async ValueTask CompleteStudyAsync(StudyInfo study, StudySession session, CancellationToken cancellationToken)
    {
        var index = Index(study.StudyInstanceUid, mayChange: true, cancellationToken);
        var note = IncompleteNote.Of(study);
        var needsAnotherNote = index is not null
            && (index.Find(IncompleteNote.EntryName) is not null ? study.IsComplete : study.Failures.Any(static failure => failure.SopInstanceUid is not null));
        if (Work(session).HasContent || needsAnotherNote)
        {
            await CompleteAsync(session, [], note, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<IReadOnlyDictionary<string, Exception>> RemoveAsync(
        IReadOnlyList<string> instances, StudySession session, CancellationToken cancellationToken)
    {
        byte[]? note = null;
        var path = _zips.PathOf(session.StudyInstanceUid);
        if (Index(session.StudyInstanceUid, mayChange: false, cancellationToken)?.Find(IncompleteNote.EntryName) is not null)
        {
            using var zip = EncryptedZipReader.Open(path, password);
            using var content = EncryptedZipReader.OpenEntry(zip, zip.GetEntry(IncompleteNote.EntryName), path);
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
            note = bytes.ToArray();
        }

        await CompleteAsync(session, [.. instances.Select(instance => _zips.PlaceOf(session.StudyInstanceUid, instance))], note, cancellationToken).ConfigureAwait(false);
        foreach (var instance in instances)
        {
            places?.Of(session.StudyInstanceUid).Remove(instance);
        }

        return new Dictionary<string, Exception>(StringComparer.Ordinal);
    }

    public void CleanUp(string studyInstanceUid, RunMarker run)
    {
        _unfinished.CleanUp(studyInstanceUid, run);
        _unfinished.LeftOf(studyInstanceUid, run);
    }

    public long BytesCarriedOver(string studyInstanceUid) =>
        new FileInfo(_zips.PathOf(studyInstanceUid)) is { Exists: true } zip ? zip.Length : 0;

    // The earlier zip stays until the new one is whole.
    public long SpaceNeeded(long bytesToSave, long bytesCarriedOver) => bytesToSave + bytesCarriedOver;

    private async ValueTask CompleteAsync(StudySession session, IReadOnlyCollection<string> removed, byte[]? note, CancellationToken cancellationToken)
    {
        _zips.ThrowIfLink(_zips.PathOf(session.StudyInstanceUid));
        var problem = await Work(session).CompleteAsync(removed, note, cancellationToken).ConfigureAwait(false);
        _indexes.Remove(session.StudyInstanceUid);
        if (problem is not null)
        {
            throw new CodRetrieveException(problem);
        }
    }

    private EncryptedZipIndex? Index(string studyInstanceUid, bool mayChange, CancellationToken cancellationToken)
    {
        var path = _zips.PathOf(studyInstanceUid);
        _zips.ThrowIfLink(path);
        return _indexes.Get(studyInstanceUid, index => index.IsOf(path), () => ReadIndex(path, mayChange, cancellationToken));
    }

    private EncryptedZipIndex? ReadIndex(string path, bool mayChange, CancellationToken cancellationToken)
    {
        try
        {
            return EncryptedZipIndex.Read(path, password, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (InvalidDataException e)
        {
            if (mayChange)
            {
                SavingLogMessages.ZipDamaged(options.Logger, e, path, DamagedFile.Rename(path));
            }

            return null;
        }
    }

    private EncryptedZip Work(StudySession session)
    {
        lock (session)
        {
            return (EncryptedZip)(session.Work ??= new EncryptedZip(session, root, _zips.PathOf(session.StudyInstanceUid), password, _unfinished, options));
        }
    }
}
