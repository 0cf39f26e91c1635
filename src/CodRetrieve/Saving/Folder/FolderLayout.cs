namespace CodRetrieve.Saving;

/// <summary>One file per instance: <c>{directory}/{study}/{series}/instances/{sop}.dcm</c>.</summary>
/// <param name="root">The full path of the directory.</param>
/// <param name="options">How files are written.</param>
internal sealed class FolderLayout(string root, SavingOptions options) : IStudyLayout
{
    private readonly InstanceDirectory _files = new(root, SavedPlace.Folder, options);

    public Dictionary<string, FoundFile> Find(SeriesInfo series, StudySession? session, CancellationToken cancellationToken)
    {
        if (session is not null)
        {
            _files.CleanUp(series.StudyInstanceUid, series.SeriesInstanceUid, session.Run);
        }

        return _files.Find(series, cancellationToken);
    }

    public async ValueTask<(string Location, WrittenFile File)> SaveAsync(
        InstanceInfo instance, StudySession session, Stream content, CancellationToken cancellationToken)
    {
        var file = await _files.SaveAsync(instance, session.Run.Owner, content, cancellationToken).ConfigureAwait(false);
        return (file.Path, file);
    }

    public ValueTask CompleteStudyAsync(StudyInfo study, StudySession session, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void CleanUp(string studyInstanceUid, RunMarker run) => _files.CleanUp(studyInstanceUid, run);

    public long BytesCarriedOver(string studyInstanceUid) => 0;

    public long SpaceNeeded(long bytesToSave, long bytesCarriedOver) => bytesToSave;
}
