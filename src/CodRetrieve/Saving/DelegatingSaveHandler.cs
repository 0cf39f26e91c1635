namespace CodRetrieve.Saving;

/// <summary>A save handler that hands every call on to another one: derive from it to change or observe some of them.</summary>
/// <remarks>
/// Calls come as described at <see cref="ISaveHandler"/>: for different instances at the same time. A job checks the free space of the innermost
/// handler, where that is a <see cref="FolderSaveHandler"/> or a <see cref="ZipSaveHandler"/>.
/// </remarks>
/// <param name="innerHandler">The handler that gets the calls; it stays yours.</param>
/// <exception cref="ArgumentNullException"><paramref name="innerHandler"/> is <see langword="null"/>.</exception>
public abstract class DelegatingSaveHandler(ISaveHandler innerHandler) : ISaveHandler, ISaveHandlerLifecycle
{
    /// <summary>Gets the handler that gets the calls.</summary>
    public ISaveHandler InnerHandler { get; } = innerHandler ?? throw new ArgumentNullException(nameof(innerHandler));

    /// <inheritdoc/>
    public virtual ValueTask OpenAsync(CancellationToken cancellationToken) =>
        InnerHandler is ISaveHandlerLifecycle inner ? inner.OpenAsync(cancellationToken) : ValueTask.CompletedTask;

    /// <inheritdoc/>
    public virtual ValueTask<bool> TryBeginStudyAsync(string studyInstanceUid, CancellationToken cancellationToken) =>
        InnerHandler is ISaveHandlerLifecycle inner ? inner.TryBeginStudyAsync(studyInstanceUid, cancellationToken) : ValueTask.FromResult(true);

    /// <inheritdoc/>
    public virtual ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken) =>
        InnerHandler.FindSavedAsync(series, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken) =>
        InnerHandler.SaveAsync(instance, content, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken) =>
        InnerHandler.CompleteStudyAsync(study, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask CloseAsync() => InnerHandler is ISaveHandlerLifecycle inner ? inner.CloseAsync() : ValueTask.CompletedTask;
}
