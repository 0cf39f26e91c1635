using System.Collections.Concurrent;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>One file per instance, where a layout of the user's puts it. Safe for calls for different instances at once.</summary>
/// <remarks>
/// Folders may hold instances of several studies, and files of others: nothing is replaced or deleted but what this directory's jobs have saved there, by their record of places. A name that is
/// taken by something else gets a hash of the instance's UID.
/// </remarks>
internal sealed class PlacedFolderLayout : IStudyLayout
{
    // A limit of Windows for programs that do not opt out of it: 260 characters with the drive and the zero, and some for temporary names.
    private const int MaxWindowsPath = 240;

    private readonly string _root;
    private readonly SavingOptions _options;
    private readonly InstancePlaces _places;
    private readonly InstanceWriter _writer;
    // The names that this job is about to give.
    private readonly ConcurrentDictionary<string, bool> _claims = new(StringComparer.OrdinalIgnoreCase);

    public PlacedFolderLayout(string root, SavingOptions options, InstancePlaces places)
    {
        (_root, _options, _places) = (root, options, places);
        _writer = new InstanceWriter(root, options.AllowSymbolicLinks, options);
    }

    public string LocationOf(InstanceInfo instance) => PathOf(_places.Of(instance.Series.StudyInstanceUid).Of(instance));

    public bool NeedsFileSystemFlush => !_options.FlushesEachFile;

    public ISavedStudy OpenStudy(string studyInstanceUid) => new PlacedStudy($"{_root} ({studyInstanceUid})", this, _places.Of(studyInstanceUid));

    public FoundInstances Find(SeriesInfo series, StudySession? session, CancellationToken cancellationToken)
    {
        var places = _places.Of(series.StudyInstanceUid);
        places.Plan(series);
        var found = new Dictionary<string, FoundFile>(StringComparer.Ordinal);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var instance in series.Instances)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = PathOf(session is null ? places.Of(instance) : Moved(instance, places, session));
            if (session is not null && folders.Add(Path.GetDirectoryName(path)!))
            {
                CleanUpFolder(Path.GetDirectoryName(path)!, session.Run);
            }

            if ((places.FindSaved(instance) is not null ? Look(path) : LookFor(instance, places, session, cancellationToken)) is { } file)
            {
                found[instance.SopInstanceUid] = file;
            }
        }

        return new FoundInstances(found, Unlisted(series, places));
    }

    public async ValueTask<(string Location, FoundFile File)> SaveAsync(InstanceInfo instance, StudySession session, Stream content, CancellationToken cancellationToken)
    {
        var places = _places.Of(session.StudyInstanceUid);
        var before = places.FindSaved(instance);
        var place = Claim(instance, places, before);
        try
        {
            var path = PathOf(place);
            ThrowIfTooLong(path);
            var file = await _writer.SaveAsync(instance, path, session.Run.Owner, content, cancellationToken, replaces: place == before).ConfigureAwait(false);
            if (before is not null && before != place)
            {
                DeleteBefore(PathOf(before), session.Receipts.Find(EntryHash.Of(instance)));
            }

            places.Add(instance, place);
            return (path, file);
        }
        finally
        {
            _claims.TryRemove(place, out _);
        }
    }

    public ValueTask CompleteStudyAsync(StudyInfo study, StudySession session, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyDictionary<string, Exception>> RemoveAsync(IReadOnlyList<string> instances, StudySession session, CancellationToken cancellationToken)
    {
        var places = _places.Of(session.StudyInstanceUid);
        var saved = places.Saved.ToDictionary(StringComparer.Ordinal);
        var failures = new Dictionary<string, Exception>(StringComparer.Ordinal);
        foreach (var name in instances)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (saved.TryGetValue(name, out var place))
                {
                    var path = PathOf(place);
                    ThrowIfLink(path);
                    StudyFolderLayout.Remove(path, session.Receipts.Find(EntryHash.Of(name)));
                    RemoveEmpty(Path.GetDirectoryName(path)!);
                    places.Remove(name);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failures[name] = e;
            }
        }

        return ValueTask.FromResult<IReadOnlyDictionary<string, Exception>>(failures);
    }

    public void CleanUp(string studyInstanceUid, RunMarker run)
    {
        foreach (var folder in _places.Of(studyInstanceUid).Saved.Select(one => Path.GetDirectoryName(PathOf(one.Value))!).Distinct(StringComparer.Ordinal).ToList())
        {
            CleanUpFolder(folder, run);
        }
    }

    public long BytesCarriedOver(string studyInstanceUid) => 0;

    public long SpaceNeeded(long bytesToSave, long bytesCarriedOver) => bytesToSave;

    /// <summary>The path of a place.</summary>
    public string PathOf(string place) => Path.Combine(_root, place.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Throws if links are not allowed and a path leads through one.</summary>
    public void ThrowIfLink(string path) => _options.ThrowIfLink(_root, path);

    private FoundFile? Look(string path)
    {
        ThrowIfLink(path);
        var file = new FileInfo(path);
        return file.Exists ? new FoundFile(file.Length, file.LastWriteTimeUtc) : null;
    }

    private FoundFile? LookFor(InstanceInfo instance, StudyPlaces places, StudySession? session, CancellationToken cancellationToken)
    {
        foreach (var place in places.PossibleOf(instance))
        {
            var path = PathOf(place);
            if (Look(path) is { } file && MayBe(instance, path, file, session, cancellationToken) && (session is null || places.TryTake(instance, place)))
            {
                return file;
            }
        }

        return null;
    }

    // What no job is known to have saved may be another instance, or somebody's file: only the same bytes are the same instance.
    private static bool MayBe(InstanceInfo instance, string path, in FoundFile file, StudySession? session, CancellationToken cancellationToken)
    {
        if (!file.HasSizeOf(instance) || instance.ExpectedCrc32c is not { } expected || session is null)
        {
            return session is null && file.HasSizeOf(instance);
        }

        using var content = StudyFolderLayout.TryOpen(path);
        if (content is null)
        {
            return false;
        }

        var bytesRead = 0L;
        using var saved = new SavedFile(content, file.SizeBytes, path);
        return saved.ComputeCrc32c(ref bytesRead, cancellationToken) == expected;
    }

    private List<string> Unlisted(SeriesInfo series, StudyPlaces places)
    {
        var listed = series.Instances.Select(ZipDirectory.EntryName).ToHashSet(StringComparer.Ordinal);
        return [.. places.Saved
            .Where(one => !listed.Contains(one.Key) && ZipIndex.TryGetInstance(one.Key)?.Series == series.SeriesInstanceUid && File.Exists(PathOf(one.Value)))
            .Select(static one => ZipIndex.TryGetInstance(one.Key)!.Value.SopInstanceUid)
            .Order(StringComparer.Ordinal)];
    }

    // The place where the instance is now: moved to where the layout has it, if that was asked for.
    private string Moved(InstanceInfo instance, StudyPlaces places, StudySession session)
    {
        var saved = places.FindSaved(instance);
        if (!_options.Relayout)
        {
            return saved ?? places.PlannedOf(instance);
        }

        var planned = places.PlannedOf(instance);
        var receipt = session.Receipts.Find(EntryHash.Of(instance));
        var before = saved ?? (receipt is null ? null : FolderLayout.Default.PathOf(instance));
        if (before is null || before == planned || receipt is null || Look(PathOf(before)) is not { } file || !receipt.Value.IsOf(file))
        {
            return saved ?? planned;
        }

        if (!TryMove(before, planned))
        {
            planned = places.Replan(instance);
            if (planned == before)
            {
                return planned;
            }

            if (!TryMove(before, planned))
            {
                throw new IOException($"{PathOf(planned)} is there already, and {PathOf(before)} cannot be moved to it. Move one of them away.");
            }
        }

        RemoveEmpty(Path.GetDirectoryName(PathOf(before))!);
        places.Add(instance, planned);
        return planned;
    }

    /// <returns>Whether the place was free.</returns>
    private bool TryMove(string from, string to)
    {
        var path = PathOf(to);
        ThrowIfTooLong(path);
        ThrowIfLink(path);
        if (Path.Exists(path))
        {
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            _options.Files.Move(PathOf(from), path, overwrite: false);
            return true;
        }
        catch (IOException) when (Path.Exists(path) && File.Exists(PathOf(from)))
        {
            // Another study's instance came first.
            return false;
        }
    }

    // A place that is the instance's own, or nobody's.
    private string Claim(InstanceInfo instance, StudyPlaces places, string? before)
    {
        var place = places.PlannedOf(instance);
        if ((place != before && Path.Exists(PathOf(place))) || !_claims.TryAdd(place, true))
        {
            place = places.Replan(instance);
            _claims.TryAdd(place, true);
        }

        return place;
    }

    // What was edited is elsewhere now.
    private void DeleteBefore(string path, in Receipt? receipt)
    {
        try
        {
            ThrowIfLink(path);
            StudyFolderLayout.Remove(path, receipt);
            RemoveEmpty(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SavingLogMessages.LeftoverNotDeleted(_options.Logger, e, path);
        }
    }

    // Folders that nothing is in any more, up to the directory.
    private void RemoveEmpty(string folder)
    {
        try
        {
            for (; folder.Length > _root.Length && !Directory.EnumerateFileSystemEntries(folder).Any(); folder = Path.GetDirectoryName(folder)!)
            {
                Directory.Delete(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SavingLogMessages.LeftoverNotDeleted(_options.Logger, e, folder);
        }
    }

    private void CleanUpFolder(string folder, RunMarker run)
    {
        ThrowIfLink(folder);
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var path in Directory.GetFiles(folder, $".*{PartialName.Extension}"))
        {
            if (PartialName.TryParse(Path.GetFileName(path), out _, out var owner) && run.Of(owner) != Liveness.Alive && WholeFile.TryDelete(path) is { } problem)
            {
                SavingLogMessages.LeftoverNotDeleted(_options.Logger, problem, path);
            }
        }
    }

    private void ThrowIfTooLong(string path)
    {
        if (_options.HasShortPaths && path.Length > MaxWindowsPath)
        {
            throw new IOException($"{path} has {path.Length} characters; Windows allows {MaxWindowsPath} here. Turn on long paths (LongPathsEnabled), or choose a shorter directory or layout.");
        }
    }
}
