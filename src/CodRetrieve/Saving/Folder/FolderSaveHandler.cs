namespace CodRetrieve.Saving;

/// <summary>Saves each instance as <c>{directory}/{study}/{series}/instances/{sop}.dcm</c>.</summary>
internal sealed class FolderSaveHandler : Destination
{
    private readonly InstanceDirectory _folder;

    /// <summary>Makes a handler; touches nothing yet.</summary>
    /// <param name="directory">The directory, relative or not.</param>
    /// <param name="options">How files are written.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is blank or no path.</exception>
    public FolderSaveHandler(string directory, SavingOptions options)
        : base(directory, options) => _folder = new InstanceDirectory(Root, Root, options);

    protected override HashSet<string> FindOnDisk(SeriesInfo series, bool sweep, CancellationToken cancellationToken) =>
        _folder.FindSaved(series, sweep, cancellationToken);

    protected override ValueTask<string> WriteAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken) =>
        _folder.SaveAsync(instance, content, cancellationToken);

    protected override ValueTask CompleteOnDiskAsync(StudyInfo study, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    protected override long SpaceNeeded(long bytesToSave, long bytesWaiting) => bytesToSave;

    protected override void SweepStudy(string studyInstanceUid) => _folder.SweepStudy(studyInstanceUid);
}
