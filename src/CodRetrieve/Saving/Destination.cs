namespace CodRetrieve.Saving;

/// <summary>What the built-in destinations have in common: the lock, the record of the run, and <c>log.json</c>.</summary>
internal abstract class Destination : IDestination
{
    private readonly LogJsonView _view;
    private DirectoryLock? _lock;
    private volatile LogJson? _log;

    protected Destination(string directory, SavingOptions options)
    {
        Root = DestinationCheck.FullPath(directory);
        Options = options;
        _view = new LogJsonView(Root);
    }

    /// <summary>The full path of the directory.</summary>
    protected string Root { get; }

    protected SavingOptions Options { get; }

    /// <inheritdoc/>
    public async ValueTask OpenAsync(IReadOnlyCollection<string> studyInstanceUids, CancellationToken cancellationToken)
    {
        if (_lock is not null)
        {
            throw new InvalidOperationException("The destination is open already.");
        }

        DestinationCheck.PrepareDirectory(Root);
        _lock = DirectoryLock.Take(Root);
        try
        {
            foreach (var study in await RunMarker.ReadAsync(Root, cancellationToken).ConfigureAwait(false))
            {
                SweepStudy(study);
            }

            await RunMarker.WriteAsync(Root, studyInstanceUids, cancellationToken).ConfigureAwait(false);
            _log = await LogJson.OpenAsync(Root, Options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (DestinationErrors.From(e, Root) is { } fault)
        {
            throw fault;
        }
        finally
        {
            if (_log is null)
            {
                _lock.Dispose();
                _lock = null;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlySet<string>> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var log = _log;
        var saved = FindOnDisk(series, log is not null, cancellationToken);
        if (log is not null)
        {
            // A run that was killed may not have logged the last ones; who continues with the other tool should not fetch them again.
            await log.AppendAsync(series, saved, cancellationToken).ConfigureAwait(false);
        }

        if (Options.TrustSavedLog)
        {
            if (log is null)
            {
                await _view.RefreshAsync(cancellationToken).ConfigureAwait(false);
            }

            saved.UnionWith(series.Instances.Select(i => i.SopInstanceUid)
                .Where(sop => log?.Contains(series, sop) ?? _view.Contains(series, sop)));
        }

        return saved;
    }

    /// <inheritdoc/>
    public long? FreeBytes() => Options.FreeSpace?.Invoke(Root);

    /// <inheritdoc/>
    public virtual long BytesCarriedOver(string studyInstanceUid) => 0;

    /// <inheritdoc/>
    public void ThrowIfNoRoom(long freeBytes, long bytesToSave, long bytesWaiting)
    {
        if (SpaceNeeded(bytesToSave, bytesWaiting) is var needed && needed > freeBytes)
        {
            throw DestinationErrors.NoRoom(Root, needed, freeBytes);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        var log = OpenLog();
        var saved = await WriteAsync(instance, content, cancellationToken).ConfigureAwait(false);

        // The instance is saved now, so whoever cancels here must not leave it unlogged.
        await log.AppendAsync(instance.Series, [instance.SopInstanceUid], CancellationToken.None).ConfigureAwait(false);
        return saved;
    }

    /// <inheritdoc/>
    public async ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken)
    {
        var log = OpenLog();
        await CompleteOnDiskAsync(study, cancellationToken).ConfigureAwait(false);
        await log.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what is left of the log and gives the directory free. Harmless when it was never opened.</summary>
    /// <returns>A task that ends when that is done.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_lock is not { } held)
        {
            return;
        }

        _lock = null;
        using (held)
        {
            try
            {
                await OpenLog().FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is CodRetrieveException or IOException or UnauthorizedAccessException)
            {
                // Thrown from here it would hide what ended the job.
                SavingLogMessages.LogNotFlushed(Options.Logger, e, LogJson.PathIn(Root));
            }

            _log = null;
            RunMarker.Delete(Root, Options);
        }
    }

    /// <summary>The instances of a series that the directory holds; sweeps leftovers only if told so.</summary>
    protected abstract HashSet<string> FindOnDisk(SeriesInfo series, bool sweep, CancellationToken cancellationToken);

    protected abstract ValueTask<string> WriteAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken);

    protected abstract ValueTask CompleteOnDiskAsync(StudyInfo study, CancellationToken cancellationToken);

    /// <summary>The bytes that saving takes from the device until the end, see <see cref="IDestination.ThrowIfNoRoom"/>.</summary>
    protected abstract long SpaceNeeded(long bytesToSave, long bytesWaiting);

    /// <summary>Deletes the unfinished files of a study that a dead run worked on. The UID is a checked name.</summary>
    protected abstract void SweepStudy(string studyInstanceUid);

    private LogJson OpenLog() => _log ?? throw new InvalidOperationException("The destination is not open.");
}
