namespace CodRetrieve.Saving;

/// <summary>One zip per study. Instances are written straight into an unfinished zip, which a later run goes on with after a crash.</summary>
/// <param name="root">The full path of the directory.</param>
/// <param name="options">How zips are written.</param>
/// <param name="places">Where instances are; <see langword="null"/> for the default layout.</param>
internal sealed class ZipLayout(string root, SavingOptions options, InstancePlaces? places) : IStudyLayout
{
    private readonly ZipDirectory _zips = new(root, options, places);
    private readonly UnfinishedZips _unfinished = new(root, options);

    public FoundInstances Find(SeriesInfo series, StudySession? session, CancellationToken cancellationToken)
    {
        var found = _zips.Find(series, session is not null, cancellationToken);
        var waiting = session is not null
            ? WaitingIn(Work(session), series, cancellationToken)
            : _zips.FindUnfinished(series);
        foreach (var (instance, file) in waiting)
        {
            found.Files[instance.SopInstanceUid] = file;
        }

        return found;
    }

    public string LocationOf(InstanceInfo instance) => _zips.LocationOf(instance);

    // A zip is flushed before it gets its name, if it is to be durable.
    public bool NeedsFileSystemFlush => false;

    public ISavedStudy OpenStudy(string studyInstanceUid) => new SavedStudyZip(root, studyInstanceUid, options, places);

    public async ValueTask<(string Location, FoundFile File)> SaveAsync(
        InstanceInfo instance, StudySession session, Stream content, CancellationToken cancellationToken)
    {
        StudyZip work;
        try
        {
            work = Work(session);
            if (!work.IsOpen)
            {
                _zips.ThrowIfLink(_zips.PathOf(instance.Series.StudyInstanceUid));
                work.Open(cancellationToken);
            }
        }
        catch (Exception e) when (DestinationErrors.From(e, root) is { } fault)
        {
            throw fault;
        }

        var form = new ZipEntryForm(instance.SizeBytes, options.CompressionLevel)
        {
            Time = options.TimeOf(instance.Series) is { } time ? LocalHeader.TimeOf(time) : LocalHeader.NoTime,
            ExpectedCrc32c = instance.ExpectedCrc32c,
        };
        var (name, before) = _zips.NewNameOf(instance);
        var file = await work.WriteAsync(name, content, form, cancellationToken).ConfigureAwait(false);
        if (before is not null && before != name)
        {
            work.AddRemoved(before);
        }

        places?.Of(session.StudyInstanceUid).Add(instance, name);
        return (_zips.LocationOf(instance), file);
    }

    public async ValueTask CompleteStudyAsync(StudyInfo study, StudySession session, CancellationToken cancellationToken)
    {
        var uid = study.StudyInstanceUid;
        var path = _zips.PathOf(uid);
        _zips.ThrowIfLink(path);
        var work = Work(session);
        var note = IncompleteNote.Of(study);
        string? problem = null;
        if (work.TryOpen(cancellationToken) is { Count: > 0 } || _zips.NeedsAnotherNote(study, cancellationToken))
        {
            problem = await work.CompleteAsync(() => _zips.OpenOld(path), note, cancellationToken).ConfigureAwait(false);
        }

        _zips.Forget(uid);
        if (problem is not null)
        {
            throw new CodRetrieveException(problem);
        }
    }

    public async ValueTask<IReadOnlyDictionary<string, Exception>> RemoveAsync(
        IReadOnlyList<string> instances, StudySession session, CancellationToken cancellationToken)
    {
        var path = _zips.PathOf(session.StudyInstanceUid);
        _zips.ThrowIfLink(path);
        var work = Work(session);
        work.TryOpen(cancellationToken);
        foreach (var name in instances)
        {
            work.AddRemoved(_zips.PlaceOf(session.StudyInstanceUid, name));
            places?.Of(session.StudyInstanceUid).Remove(name);
        }

        var problem = await work.CompleteAsync(() => _zips.OpenOld(path), ZipDirectory.TryReadNote(path), cancellationToken).ConfigureAwait(false);
        _zips.Forget(session.StudyInstanceUid);
        return problem is null ? new Dictionary<string, Exception>(StringComparer.Ordinal) : throw new CodRetrieveException(problem);
    }

    public void CleanUp(string studyInstanceUid, RunMarker run) => _unfinished.CleanUp(studyInstanceUid, run);

    public long BytesCarriedOver(string studyInstanceUid) =>
        new FileInfo(_zips.PathOf(studyInstanceUid)) is { Exists: true } zip ? zip.Length : 0;

    // The earlier zip stays until the new one is whole.
    public long SpaceNeeded(long bytesToSave, long bytesCarriedOver) => bytesToSave + bytesCarriedOver;

    private IEnumerable<(InstanceInfo Instance, FoundFile File)> WaitingIn(StudyZip work, SeriesInfo series, CancellationToken cancellationToken)
    {
        if (work.TryOpen(cancellationToken) is not { } zip)
        {
            yield break;
        }

        var writeTime = zip.LastWriteUtc;
        foreach (var instance in series.Instances)
        {
            var name = _zips.NameOf(instance);
            if (zip.Find(name) is { } record)
            {
                var file = new FoundFile(record.SizeBytes, writeTime) { Crc32 = record.Crc32, Crc32c = record.Crc32c };
                if (file.HasSizeOf(instance) && (instance.ExpectedCrc32c is not { } expected || record.Crc32c is not { } crc || expected == crc))
                {
                    yield return (instance, file);
                }
                else if (record.IsResumed)
                {
                    // The instance was edited since the run that saved it.
                    work.AddOutdated(name);
                }
            }
        }
    }

    private StudyZip Work(StudySession session)
    {
        lock (session)
        {
            return (StudyZip)(session.Work ??= new StudyZip(session, _zips.PathOf(session.StudyInstanceUid), _unfinished, options));
        }
    }
}
