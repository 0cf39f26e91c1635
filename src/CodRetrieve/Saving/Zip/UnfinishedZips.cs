using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>The unfinished zips of a directory, beside the finished ones: <c>.{study}.zip.{owner}.{random}.partial</c>.</summary>
/// <param name="directory">The directory.</param>
/// <param name="options">How files are written.</param>
internal sealed class UnfinishedZips(string directory, SavingOptions options)
{
    private const string TemporaryName = ".entry";

    private readonly DestinationWriter _writer = new(options.Files, directory);

    /// <summary>The unfinished zips of a study, whoever writes them.</summary>
    public IEnumerable<string> Of(string studyInstanceUid) => Partials(ZipDirectory.FileName(studyInstanceUid)).Select(static partial => partial.Path);

    /// <summary>Begins a zip.</summary>
    /// <param name="path">Its final path.</param>
    /// <param name="run">The run that writes it.</param>
    public UnfinishedZip Create(string path, RunMarker run) => new(CreateFile(path, run), _writer);

    /// <summary>Creates the file of a zip.</summary>
    /// <param name="path">Its final path.</param>
    /// <param name="run">The run that writes it.</param>
    public WholeFile CreateFile(string path, RunMarker run) => WholeFile.Create(path, Path.GetFileName(path), run.Owner, 0, options.Files, options.TimeProvider);

    /// <summary>Continues the zip that a dead run left of a study, and deletes what else there is.</summary>
    /// <param name="path">The final path of the zip.</param>
    /// <param name="session">The study, which another run goes on with.</param>
    /// <param name="cancellationToken">Ends the reading of what is there.</param>
    /// <returns>The zip with the entries that are whole; <see langword="null"/> if there are none.</returns>
    public UnfinishedZip? TryResume(string path, StudySession session, CancellationToken cancellationToken)
    {
        var run = session.Run;
        var name = Path.GetFileName(path);
        UnfinishedZip? resumed = null;
        foreach (var (partial, owner) in Partials(name).OrderByDescending(static partial => new FileInfo(partial.Path).Length))
        {
            var liveness = owner == run.Owner ? Liveness.Dead : run.Of(owner);
            if (liveness == Liveness.Alive)
            {
                continue;
            }

            // A run that is only silent may go on writing one day.
            if (liveness == Liveness.Dead && resumed is null && !SymbolicLink.Is(partial))
            {
                resumed = Resume(path, name, partial, session, cancellationToken);
            }
            else
            {
                Delete(partial);
            }
        }

        return resumed;
    }

    /// <summary>Creates a file beside the zips that is deleted when it is disposed.</summary>
    public WholeFile CreateTemporary(string studyInstanceUid, RunMarker run)
    {
        try
        {
            var name = studyInstanceUid + TemporaryName;
            return WholeFile.Create(Path.Combine(directory, name), name, run.Owner, 0, options.Files, options.TimeProvider);
        }
        catch (Exception e) when (DestinationErrors.From(e, directory) is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>Deletes what no later run can use of a study: unfinished files of dead runs that are no zips.</summary>
    public void CleanUp(string studyInstanceUid, RunMarker run)
    {
        // Up to version 0.1 the name of an unfinished zip was always the same.
        Delete(Path.Combine(directory, $".{SafeName.Validate(studyInstanceUid)}.zip.partial"));
        foreach (var (path, owner) in Partials(studyInstanceUid + TemporaryName))
        {
            if (run.Of(owner) != Liveness.Alive)
            {
                Delete(path);
            }
        }
    }

    /// <summary>The unfinished zips of a study that the runs which wrote them left when they ended; those of dead runs are deleted.</summary>
    public IReadOnlyList<string> LeftOf(string studyInstanceUid, RunMarker run)
    {
        var left = new List<string>();
        foreach (var (path, owner) in Partials(ZipDirectory.FileName(studyInstanceUid)))
        {
            if (owner == PartialName.Nobody && !SymbolicLink.Is(path))
            {
                left.Add(path);
            }
            else if (run.Of(owner) != Liveness.Alive)
            {
                Delete(path);
            }
        }

        return left;
    }

    private UnfinishedZip? Resume(string path, string name, string partial, StudySession session, CancellationToken cancellationToken)
    {
        var zip = new UnfinishedZip(WholeFile.Resume(path, name, session.Run.Owner, partial, options.Files, options.TimeProvider), _writer);
        try
        {
            zip.Resume(session.Receipts, cancellationToken);
            SavingLogMessages.ZipResumed(options.Logger, zip.Count, partial);
            if (zip.Count > 0)
            {
                return zip;
            }
        }
        catch
        {
            zip.Leave();
            throw;
        }

        zip.Dispose();
        return null;
    }

    private List<(string Path, string Owner)> Partials(string name)
    {
        var found = new List<(string Path, string Owner)>();
        if (Directory.Exists(directory))
        {
            foreach (var path in Directory.EnumerateFiles(directory, $".{name}.*{PartialName.Extension}", Everything))
            {
                if (PartialName.TryParse(Path.GetFileName(path), out var ofName, out var owner) && ofName == name)
                {
                    found.Add((path, owner));
                }
            }
        }

        return found;
    }

    private static EnumerationOptions Everything => new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private void Delete(string path)
    {
        if (WholeFile.TryDelete(path) is { } problem)
        {
            SavingLogMessages.LeftoverNotDeleted(options.Logger, problem, path);
        }
    }
}
