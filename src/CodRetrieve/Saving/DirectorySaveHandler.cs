using System.Collections.Concurrent;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// The base of the handlers that save into a directory: the run and its studies, what counts as saved, and <c>log.json</c>. Derive from
/// <see cref="DelegatingSaveHandler"/> to change one of them.
/// </summary>
public abstract class DirectorySaveHandler : ISaveHandler, ISaveHandlerLifecycle, IDiskSpace, IConcurrentCompletions
{
    // The names that a job keeps until it adds them to the log, which is written again for that: some 10 MB.
    private const int MaxEntries = 64 * 1024;

    // Studies that end while a file system is flushed share the next flush. A zip is flushed by itself, and may have to be copied.
    private const int MaxSharedCompletions = 16;
    private const int MaxSingleCompletions = 2;

    private readonly string _root;
    private readonly SavingOptions _options;
    private readonly IStudyLayout _layout;
    private readonly InstancePlaces? _places;
    private readonly TransformIdentity? _identity;
    private readonly InstanceTransformer? _transformer;
    private readonly TrustedLog? _trusted;
    private readonly InstanceComparison _comparison;
    private readonly StudyCache<StudyReceipts> _knownReceipts = new();
    private readonly CoalescedOperation<bool> _flush;
    private readonly ConcurrentDictionary<string, StudySession> _sessions = new(StringComparer.Ordinal);
    private readonly LogEntries _entries = new();
    private RootLock? _lock;
    private bool _logsWhatIsThere;
    private volatile RunMarker? _run;

    private protected DirectorySaveHandler(string directory, SavingOptions? options, Func<string, SavingOptions, InstancePlaces?, IStudyLayout> createLayout)
    {
        _root = DestinationCheck.FullPath(directory);
        _options = (options ?? new SavingOptions()).Validated();
        _places = InstancePlaces.For(_root, _options);
        _layout = createLayout(_root, _options, _places);
        _comparison = new InstanceComparison(_options, _layout.LocationOf);
        _identity = TransformIdentity.Of(_options.Transform);
        _transformer = _identity is null ? null : new InstanceTransformer(_root, _options.Transform!, _identity, _options);
        _flush = new CoalescedOperation<bool>(FlushFileSystemAsync);
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
            DestinationCheck.DeleteLeftProbes(_root);
            LayoutRecord.Check(_root, _options);
            _run = RunMarker.Create(_root, _options);
            await LayoutRecord.WriteAsync(_root, _run.Owner, _options, cancellationToken).ConfigureAwait(false);
            if (_identity is not null)
            {
                await TransformRecord.WriteAsync(_root, _run.Owner, _identity, _options, cancellationToken).ConfigureAwait(false);
            }

            _logsWhatIsThere = CleanUpDeadRuns(_run) || !File.Exists(LogJson.PathIn(_root));
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
            if (run.TryLockStudy(studyInstanceUid) is not { } taken)
            {
                return ValueTask.FromResult(false);
            }

            _sessions[studyInstanceUid] = BeginStudy(studyInstanceUid, run, taken);
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
        var saved = await CompareAsync(series, session, cancellationToken).ConfigureAwait(false);
        if (session is not null)
        {
            Note(series, saved, session);
        }

        if (_trusted is null)
        {
            return saved;
        }

        if (session is null)
        {
            await _trusted.RefreshAsync(cancellationToken).ConfigureAwait(false);
        }

        var trusted = series.Instances.Where(_trusted.Contains).Select(static instance => instance.SopInstanceUid);
        return new SavedInstances(saved.SopInstanceUids.Concat(trusted)) { Adopted = saved.Adopted, Outdated = saved.Outdated, Unlisted = saved.Unlisted, Locate = saved.Locate };
    }

    /// <inheritdoc/>
    public async ValueTask<string> SaveAsync(InstanceInfo instance, Stream content, CancellationToken cancellationToken)
    {
        var session = Session(instance.Series.StudyInstanceUid);
        var name = EntryHash.Of(instance);
        if (session.NotReplaced.ContainsKey(name))
        {
            throw new IOException(
                $"{instance.Uri} is there already with other bytes than {(_identity is null ? "the store lists" : $"the transform '{_identity.Text}' makes of what the store lists")}, and is not replaced ({nameof(ExistingFilePolicy)}.{nameof(ExistingFilePolicy.Fail)}).");
        }

        using var made = _transformer is null ? null : await _transformer.TransformAsync(instance, content, cancellationToken).ConfigureAwait(false);
        var (location, file) = await _layout.SaveAsync(made?.Instance ?? instance, session, made?.OpenRead() ?? content, cancellationToken).ConfigureAwait(false);
        session.Receipts.Add(ReceiptKind.Saved, name, instance, file, file.Crc32c!.Value, made?.Origin);
        _entries.Add(LogJson.Entry(instance.Series.StudyInstanceUid, instance.Series.SeriesInstanceUid, instance.SopInstanceUid));
        return location;
    }

    /// <inheritdoc/>
    public async ValueTask CompleteStudyAsync(StudyInfo study, CancellationToken cancellationToken)
    {
        using var session = Session(study.StudyInstanceUid);
        try
        {
            await _layout.CompleteStudyAsync(study, session, cancellationToken).ConfigureAwait(false);
            await session.Receipts.CompleteAsync(_options.Durability == Durability.None ? null : MakeDurableAsync).ConfigureAwait(false);
        }
        catch (Exception e) when (DestinationErrors.From(e, _root) is { } fault)
        {
            throw fault;
        }
        finally
        {
            EndPlaces(study.StudyInstanceUid);
            _sessions.TryRemove(study.StudyInstanceUid, out _);
        }

        if (_entries.Count >= MaxEntries)
        {
            await ExportLogAsync(session.Run).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask CloseAsync()
    {
        if (_run is not { } run)
        {
            return;
        }

        await ExportLogAsync(run).ConfigureAwait(false);
        End();
    }

    /// <summary>Where instances are put.</summary>
    internal FolderLayout Layout => _options.Layout;

    /// <summary>What is saved of an instance of a study that was begun and is not completed, where a transform made it: its size, its CRC32C and the transform.</summary>
    internal (long SizeBytes, uint Crc32c, string Transform)? FindTransformed(InstanceInfo instance) =>
        _identity is not null && _sessions.GetValueOrDefault(instance.Series.StudyInstanceUid)?.Receipts.Find(EntryHash.Of(instance)) is { Origin: not null } receipt
            ? (receipt.SizeBytes, receipt.Crc32c, _identity.Text)
            : null;

    int IConcurrentCompletions.MaxCompletions => _layout.NeedsFileSystemFlush ? MaxSharedCompletions : MaxSingleCompletions;

    /// <summary>Deletes instances that this or an earlier run saved.</summary>
    /// <param name="studyInstanceUid">Their study, which must have been begun. It is completed.</param>
    /// <param name="instances">Their names below the study, <c>{series}/instances/{sop}.dcm</c>.</param>
    /// <param name="cancellationToken">Ends the deleting.</param>
    /// <returns>Why some are not deleted, by their names.</returns>
    internal async ValueTask<IReadOnlyDictionary<string, Exception>> RemoveAsync(
        string studyInstanceUid, IReadOnlyList<string> instances, CancellationToken cancellationToken)
    {
        using var session = Session(studyInstanceUid);
        try
        {
            var failures = await _layout.RemoveAsync(instances, session, cancellationToken).ConfigureAwait(false);
            foreach (var name in instances.Where(name => !failures.ContainsKey(name)))
            {
                session.Receipts.AddRemoved(EntryHash.Of(name));
            }

            await session.Receipts.CompleteAsync(_options.Durability == Durability.None ? null : MakeDurableAsync).ConfigureAwait(false);
            return failures;
        }
        finally
        {
            EndPlaces(studyInstanceUid);
            _sessions.TryRemove(studyInstanceUid, out _);
        }
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

    private async ValueTask<SavedInstances> CompareAsync(SeriesInfo series, StudySession? session, CancellationToken cancellationToken)
    {
        try
        {
            var receipts = session?.Receipts ?? ReadReceipts(series.StudyInstanceUid);
            ThrowIfTransformed(series.StudyInstanceUid, receipts);
            series = _identity is null ? series : ExpectedInstance.Of(series, receipts, _identity.Hash);
            var found = _layout.Find(series, session, cancellationToken);
            var mayRead = session is not null && _options.ExistingFilePolicy != ExistingFilePolicy.Keep;
            return await _comparison.CompareAsync(
                series, found, receipts, mayRead ? () => _layout.OpenStudy(series.StudyInstanceUid) : null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (DestinationErrors.From(e, _root) is { } fault)
        {
            throw fault;
        }
    }

    // Without its transform, a job would put originals in the places of what was made of them, or beside it.
    private void ThrowIfTransformed(string studyInstanceUid, StudyReceipts receipts)
    {
        if (_identity is null && receipts.FindTransform() is { } made)
        {
            throw new DestinationException(
                DestinationFailure.OtherTransform,
                $"{_root} holds instances of the study {studyInstanceUid} that a transform made ('{TransformRecord.Find(_root, made) ?? "unknown"}'), and this job has none. Give it the transform ({nameof(SavingOptions)}.{nameof(SavingOptions.Transform)}), or choose another directory.");
        }
    }

    private StudyReceipts ReadReceipts(string studyInstanceUid)
    {
        var path = StatePaths.Receipts(_root, studyInstanceUid);
        return _knownReceipts.Get(studyInstanceUid, receipts => receipts.IsOf(path), Read)!;

        StudyReceipts Read()
        {
            // Once for a study: the series of one are many, and in one layout.
            LayoutRecord.Check(_root, _options);
            return StudyReceipts.Read(path, PartialName.NewId(), _options);
        }
    }

    private StudySession BeginStudy(string studyInstanceUid, RunMarker run, IDisposable taken)
    {
        try
        {
            var receipts = StudyReceipts.Read(StatePaths.Receipts(_root, studyInstanceUid), run.Owner, _options);
            BeginPlaces(studyInstanceUid, receipts);
            return new StudySession(studyInstanceUid, run, taken, receipts);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    private void BeginPlaces(string studyInstanceUid, StudyReceipts receipts)
    {
        if (_places is null)
        {
            InstancePlaces.ThrowIfOther(_root, studyInstanceUid, _options);
            return;
        }

        _places.Begin(studyInstanceUid, receipts.Count > 0);
        receipts.Writing = () => _places.Write(studyInstanceUid);
    }

    // What was noted and not written, for want of a receipt, such as a file that was moved.
    private void EndPlaces(string studyInstanceUid)
    {
        try
        {
            _places?.Write(studyInstanceUid);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SavingLogMessages.ReceiptsNotWritten(_options.Logger, e, StatePaths.Places(_root, studyInstanceUid));
        }

        _places?.End(studyInstanceUid);
    }

    private void Note(SeriesInfo series, SavedInstances saved, StudySession session)
    {
        if (_places?.Of(series.StudyInstanceUid) is { } places)
        {
            foreach (var instance in series.Instances.Where(instance => saved.Contains(instance.SopInstanceUid) && places.FindSaved(instance) is null))
            {
                places.Add(instance, places.PlannedOf(instance));
            }
        }

        // Only what the log may lack: a run that was killed did not write it.
        foreach (var sop in _logsWhatIsThere ? saved.SopInstanceUids : saved.Adopted)
        {
            _entries.Add(LogJson.Entry(series.StudyInstanceUid, series.SeriesInstanceUid, sop));
        }

        if (_options.ExistingFilePolicy == ExistingFilePolicy.Fail)
        {
            foreach (var instance in series.Instances.Where(instance => saved.Outdated.Contains(instance.SopInstanceUid)))
            {
                session.NotReplaced[EntryHash.Of(instance)] = true;
            }
        }
    }

    private async ValueTask MakeDurableAsync()
    {
        if (_layout.NeedsFileSystemFlush)
        {
            await _flush.RunAsync().ConfigureAwait(false);
        }
    }

    // The call blocks until the device has written all, and there is no other form of it: it gets a thread of its own, one for all studies that end meanwhile.
    private Task<bool> FlushFileSystemAsync() => Task.Factory.StartNew(
        () =>
        {
            _options.Files.FlushFileSystem(_lock!.Directory!, _root);
            return true;
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private async ValueTask ExportLogAsync(RunMarker run)
    {
        var hasEntries = _entries.Count > 0;
        var entries = _entries.TakeAll();
        if (Directory.Exists(_root) && (hasEntries || !File.Exists(LogJson.PathIn(_root))))
        {
            await new LogJsonExport(_root, run.Owner, run.TryLockLog, _options).AddAsync(entries).ConfigureAwait(false);
        }
    }

    /// <returns>Whether there was a run that died.</returns>
    private bool CleanUpDeadRuns(RunMarker run)
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

        return run.HasFoundDeadRuns;
    }

    private StudySession Session(string studyInstanceUid)
    {
        OpenRun();
        return _sessions.TryGetValue(studyInstanceUid, out var session)
            ? session
            : throw new InvalidOperationException($"The study {studyInstanceUid} was not begun. Call TryBeginStudyAsync first.");
    }

    /// <summary>Whether nothing of a study that was begun is saved, as far as a look at its place shows.</summary>
    internal bool HasNothingOf(string studyInstanceUid) =>
        _trusted is null && _sessions.GetValueOrDefault(studyInstanceUid)?.Receipts.Count == 0
        && !Directory.Exists(Path.Combine(_root, studyInstanceUid)) && !File.Exists(Path.Combine(_root, studyInstanceUid + ".zip"));

    /// <summary>Who has a study, for people; <see langword="null"/> where that is not known.</summary>
    internal string? HolderOf(string studyInstanceUid) => _run?.HolderOf(studyInstanceUid);

    private RunMarker OpenRun() => _run ?? throw new InvalidOperationException("The handler is not open. Call OpenAsync first.");

    private void End()
    {
        foreach (var session in _sessions.Values)
        {
            EndPlaces(session.StudyInstanceUid);
            session.Dispose();
        }

        _sessions.Clear();
        _entries.TakeAll();
        _run?.Dispose();
        _run = null;
        _lock?.Dispose();
        _lock = null;
    }
}
