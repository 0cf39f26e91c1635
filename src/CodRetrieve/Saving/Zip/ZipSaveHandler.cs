namespace CodRetrieve.Saving;

/// <summary>Saves each study as a zip, <c>{directory}/{study}.zip</c>, with entries <c>{series}/instances/{sop}.dcm</c>.</summary>
/// <remarks>
/// <para>Give it to a job, decorated or not; each job that runs needs one of its own. Safe for calls for different instances at once.</para>
/// <para>A zip is written when its study is complete, and has its name only when it is whole. Until then the instances wait below <c>{directory}/.codretrieve</c>.</para>
/// </remarks>
public sealed class ZipSaveHandler : ISaveHandler, ISaveHandlerLifecycle, IDiskSpace
{
    private readonly DirectoryDestination _destination;

    /// <summary>Initializes a new instance of the <see cref="ZipSaveHandler"/> class. Touches nothing on disk.</summary>
    /// <param name="directory">The directory, relative to the current one or not. Created when a job begins.</param>
    /// <param name="options">How to save, copied; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is blank or no path, or an option is outside of its range.</exception>
    public ZipSaveHandler(string directory, SavingOptions? options = null) =>
        _destination = new DirectoryDestination(directory, options, static (root, saving) => new ZipLayout(root, saving));

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
