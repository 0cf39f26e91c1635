namespace CodRetrieve.Saving;

/// <summary>Saves each instance as a file, <c>{directory}/{study}/{series}/instances/{sop}.dcm</c>.</summary>
/// <remarks>
/// <para>Give it to a job, decorated or not; each job that runs needs one of its own. Safe for calls for different instances at once.</para>
/// <para>A file has its name only when it is whole and verified; an instance that is saved again replaces the file by a rename.</para>
/// </remarks>
public sealed class FolderSaveHandler : ISaveHandler, ISaveHandlerLifecycle, IDiskSpace
{
    private readonly DirectoryDestination _destination;

    /// <summary>Initializes a new instance of the <see cref="FolderSaveHandler"/> class. Touches nothing on disk.</summary>
    /// <param name="directory">The directory, relative to the current one or not. Created when a job begins.</param>
    /// <param name="options">How to save, copied; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is blank or no path, or an option is outside of its range.</exception>
    public FolderSaveHandler(string directory, SavingOptions? options = null) =>
        _destination = new DirectoryDestination(directory, options, static (root, saving) => new FolderLayout(root, saving));

    /// <inheritdoc/>
    public ValueTask OpenAsync(CancellationToken cancellationToken) => _destination.OpenAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> TryBeginStudyAsync(string studyInstanceUid, CancellationToken cancellationToken) =>
        _destination.TryBeginStudyAsync(studyInstanceUid, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken) =>
        _destination.FindSavedAsync(series, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken) =>
        _destination.SaveAsync(instance, content, cancellationToken);

    /// <inheritdoc/>
    public ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken) =>
        _destination.CompleteStudyAsync(study, cancellationToken);

    /// <inheritdoc/>
    public ValueTask CloseAsync() => _destination.CloseAsync();

    long? IDiskSpace.FreeBytes() => _destination.FreeBytes();

    long IDiskSpace.BytesCarriedOver(string studyInstanceUid) => _destination.BytesCarriedOver(studyInstanceUid);

    void IDiskSpace.ThrowIfNoRoom(long freeBytes, long bytesToSave, long bytesWaiting) =>
        _destination.ThrowIfNoRoom(freeBytes, bytesToSave, bytesWaiting);
}
