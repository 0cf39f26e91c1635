namespace CodRetrieve.Saving;

/// <summary>One zip per study. Until a study is complete its instances wait as files below <c>.codretrieve/staging</c>, so that a crash loses none of them.</summary>
/// <param name="root">The full path of the directory.</param>
/// <param name="options">How files and zips are written.</param>
internal sealed class ZipLayout(string root, SavingOptions options) : IStudyLayout
{
    private readonly InstanceDirectory _staging = new(root, SavedPlace.Staging, options);
    private readonly ZipDirectory _zips = new(root, options);

    public Dictionary<string, FoundFile> Find(SeriesInfo series, StudySession? session, CancellationToken cancellationToken)
    {
        if (session is not null)
        {
            _staging.CleanUp(series.StudyInstanceUid, series.SeriesInstanceUid, session.Run);
            session.Series[series.SeriesInstanceUid] = true;
        }

        var found = _zips.Find(series, session is not null, cancellationToken);
        var staged = _staging.Find(series, cancellationToken);
        foreach (var instance in series.Instances)
        {
            if (staged.TryGetValue(instance.SopInstanceUid, out var file) && file.HasSizeOf(instance))
            {
                found[instance.SopInstanceUid] = file;
                session?.Staged.TryAdd(ZipDirectory.EntryName(instance), true);
            }
        }

        return found;
    }

    public async ValueTask<(string Location, WrittenFile File)> SaveAsync(
        InstanceInfo instance, StudySession session, Stream content, CancellationToken cancellationToken)
    {
        var file = await _staging.SaveAsync(instance, session.Run.Owner, content, cancellationToken).ConfigureAwait(false);
        session.Staged[ZipDirectory.EntryName(instance)] = true;
        return (_zips.LocationOf(instance), file);
    }

    public async ValueTask CompleteStudyAsync(StudyInfo study, StudySession session, CancellationToken cancellationToken)
    {
        string? problem = null;
        try
        {
            _staging.ThrowIfLink(_staging.StudyFolder(study.StudyInstanceUid));
            var staged = StagedFiles(study.StudyInstanceUid, session);
            if (staged.Count > 0)
            {
                problem = await _zips.WriteAsync(study.StudyInstanceUid, session.Run.Owner, staged, cancellationToken).ConfigureAwait(false);
            }

            _zips.Forget(study.StudyInstanceUid);
        }
        catch (Exception e) when (DestinationErrors.From(e, root) is { } fault)
        {
            throw fault;
        }

        DeleteStaging(study.StudyInstanceUid, session);
        if (problem is not null)
        {
            throw new CodRetrieveException(problem);
        }
    }

    public void CleanUp(string studyInstanceUid, RunMarker run)
    {
        _staging.CleanUp(studyInstanceUid, run);
        _zips.CleanUp(studyInstanceUid, run);
    }

    public long BytesCarriedOver(string studyInstanceUid) =>
        new FileInfo(_zips.PathOf(studyInstanceUid)) is { Exists: true } zip ? zip.Length : 0;

    // Once as a staged file and once in the zip; what is staged, or carried over from an earlier zip, needs its second place still.
    public long SpaceNeeded(long bytesToSave, long bytesWaiting) => (2 * bytesToSave) + bytesWaiting;

    // Only what this job saved or looked at: a file that an earlier run left may be truncated, or of an instance that is listed no longer.
    private List<StagedFile> StagedFiles(string studyInstanceUid, StudySession session) =>
        [.. session.Staged.Keys.Order(StringComparer.Ordinal)
            .Select(entry => new StagedFile(entry, Path.Combine(_staging.StudyFolder(studyInstanceUid), entry.Replace('/', Path.DirectorySeparatorChar))))];

    // What belongs to a series that could not be looked at waits for the next job.
    private void DeleteStaging(string studyInstanceUid, StudySession session)
    {
        var folder = _staging.StudyFolder(studyInstanceUid);
        try
        {
            foreach (var series in _staging.SeriesOf(studyInstanceUid).Where(series => session.Series.ContainsKey(series) || HasStaged(session, series)))
            {
                Directory.Delete(Path.Combine(folder, series), recursive: true);
            }

            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }

            session.Staged.Clear();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SavingLogMessages.StagingNotDeleted(options.Logger, e, folder);
        }
    }

    private static bool HasStaged(StudySession session, string series) =>
        session.Staged.Keys.Any(entry => entry.StartsWith(series + "/", StringComparison.Ordinal));
}
