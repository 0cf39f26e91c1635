using System.Collections.Concurrent;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// The base of the handlers that save into a directory: the run and its studies, what counts as saved, and <c>log.json</c>. Derive from
/// <see cref="DelegatingSaveHandler"/> to change one of them.
/// </summary>
public abstract class DirectorySaveHandler : ISaveHandler, ISaveHandlerLifecycle, IDiskSpace
{
    private readonly string _root;
    private readonly SavingOptions _options;
    private readonly IStudyLayout _layout;
    private readonly TrustedLog? _trusted;
    private readonly ConcurrentDictionary<string, StudySession> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _entries = new();
    private RootLock? _lock;
    private volatile RunMarker? _run;

    private protected DirectorySaveHandler(string directory, SavingOptions? options, Func<string, SavingOptions, IStudyLayout> createLayout)
    {
        _root = DestinationCheck.FullPath(directory);
        _options = (options ?? new SavingOptions()).Validated();
        _layout = createLayout(_root, _options);
        _trusted = _options.TrustSavedLog ? new TrustedLog(_root) : null;
    }

    /// <inheritdoc/>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_lock is not null)
        {
            throw new InvalidOperationException("The handler is open already. Give each job a handler of its own.");
        }

        try
        {
            Directory.CreateDirectory(_root);
            _lock = await RootLock.TakeAsync(_root, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
            _run = RunMarker.Create(_root, _options.Logger);
            CleanUpDeadRuns(_run);
            if (_trusted is not null)
            {
                await _trusted.RefreshAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            End();
            if (e is IOException or UnauthorizedAccessException)
            {
                throw DestinationErrors.From(e, _root)
                    ?? new DestinationException(DestinationFailure.NotWritable, $"{_root} cannot be created or written: {e.Message}", e);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryBeginStudyAsync(string studyInstanceUid, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var run = OpenRun();
        if (_sessions.ContainsKey(studyInstanceUid))
        {
            return ValueTask.FromResult(true);
        }

        try
        {
            if (FileLock.TryTake(StatePaths.StudyLock(_root, studyInstanceUid)) is not { } taken)
            {
                return ValueTask.FromResult(false);
            }

            run.Add(studyInstanceUid);
            _sessions[studyInstanceUid] = new StudySession(studyInstanceUid, run, taken);
            return ValueTask.FromResult(true);
        }
        catch (Exception e) when (DestinationErrors.From(e, _root) is { } fault)
        {
            throw fault;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SavedInstances> FindSavedAsync(SeriesInfo series, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var session = _sessions.GetValueOrDefault(series.StudyInstanceUid);
        var found = Find(series, session, cancellationToken);
        var saved = series.Instances
            .Where(instance => found.TryGetValue(instance.SopInstanceUid, out var file) && file.HasSizeOf(instance))
            .Select(instance => instance.SopInstanceUid)
            .ToHashSet(StringComparer.Ordinal);
        if (session is not null)
        {
            // A run that was killed may not have logged the last ones; who continues with the other tool should not fetch them again.
            foreach (var sop in saved)
            {
                _entries.Enqueue(LogJson.Entry(series.StudyInstanceUid, series.SeriesInstanceUid, sop));
            }
        }

        if (_trusted is not null)
        {
            if (session is null)
            {
                await _trusted.RefreshAsync(cancellationToken).ConfigureAwait(false);
            }

            saved.UnionWith(series.Instances.Where(_trusted.Contains).Select(instance => instance.SopInstanceUid));
        }

        return new SavedInstances(saved);
    }

    /// <inheritdoc/>
    public async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        var (location, _) = await _layout.SaveAsync(instance, Session(instance.Series.StudyInstanceUid), content, cancellationToken).ConfigureAwait(false);
        _entries.Enqueue(LogJson.Entry(instance.Series.StudyInstanceUid, instance.Series.SeriesInstanceUid, instance.SopInstanceUid));
        return location;
    }

    /// <inheritdoc/>
    public async ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken)
    {
        using var session = Session(study.StudyInstanceUid);
        try
        {
            await _layout.CompleteStudyAsync(study, session, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sessions.TryRemove(study.StudyInstanceUid, out _);
        }
    }

    /// <inheritdoc/>
    public async ValueTask CloseAsync()
    {
        if (_run is not { } run)
        {
            return;
        }

        if (Directory.Exists(_root))
        {
            await new LogJsonExport(_root, run.Owner, _options).AddAsync(_entries).ConfigureAwait(false);
        }

        End();
    }

    long? IDiskSpace.FreeBytes() => _options.CheckFreeSpace ? _options.FreeSpace(_root) : null;

    long IDiskSpace.BytesCarriedOver(string studyInstanceUid) => _layout.BytesCarriedOver(studyInstanceUid);

    void IDiskSpace.ThrowIfTooSmall(long freeBytes, long bytesToSave, long bytesCarriedOver)
    {
        if (_layout.SpaceNeeded(bytesToSave, bytesCarriedOver) is var needed && needed > freeBytes)
        {
            throw DestinationErrors.NoSpace(_root, needed, freeBytes);
        }
    }

    private Dictionary<string, FoundFile> Find(SeriesInfo series, StudySession? session, CancellationToken cancellationToken)
    {
        try
        {
            return _layout.Find(series, session, cancellationToken);
        }
        catch (Exception e) when (DestinationErrors.From(e, _root) is { } fault)
        {
            throw fault;
        }
    }

    private void CleanUpDeadRuns(RunMarker run)
    {
        foreach (var study in run.StudiesOfDeadRuns())
        {
            try
            {
                _layout.CleanUp(study, run);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // One study that cannot be read is no reason to save none: it fails when the job comes to it.
                SavingLogMessages.StudyNotCleanedUp(_options.Logger, e, study);
            }
        }
    }

    private StudySession Session(string studyInstanceUid)
    {
        OpenRun();
        return _sessions.TryGetValue(studyInstanceUid, out var session)
            ? session
            : throw new InvalidOperationException($"The study {studyInstanceUid} was not begun. Call TryBeginStudyAsync first.");
    }

    private RunMarker OpenRun() => _run ?? throw new InvalidOperationException("The handler is not open. Call OpenAsync first.");

    private void End()
    {
        foreach (var session in _sessions.Values)
        {
            session.Dispose();
        }

        _sessions.Clear();
        _entries.Clear();
        _run?.Dispose();
        _run = null;
        _lock?.Dispose();
        _lock = null;
    }
}
