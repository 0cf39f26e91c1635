using System.IO.Compression;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>The zips of a directory: <c>{directory}/{study}.zip</c>. Safe for calls for different studies at once.</summary>
internal sealed class ZipDirectory(string directory, SavingOptions options)
{
    private const int WriteBufferBytes = 64 * 1024;

    // The series of a study are often looked at together; its zip is read once for all of them.
    private readonly StudyCache<ZipIndex> _indexes = new();

    public string PathOf(string studyInstanceUid) => Path.Combine(directory, SafeName.Validate(studyInstanceUid) + ".zip");

    /// <summary>Where an instance is in the zip of its study, in the form that the COD writer uses for tars.</summary>
    public string LocationOf(InstanceInfo instance) => $"{PathOf(instance.Series.StudyInstanceUid)}://{EntryName(instance)}";

    public static string EntryName(InstanceInfo instance) => $"{instance.Series.SeriesInstanceUid}/{instance.EntryName}";

    /// <summary>The instances of a series that the zip of its study holds, of whatever size.</summary>
    /// <param name="series">The series.</param>
    /// <param name="mayChange">Whether a zip that cannot be read is renamed, out of the way of a new one.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public Dictionary<string, FoundFile> Find(SeriesInfo series, bool mayChange, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, FoundFile>(StringComparer.Ordinal);
        if (Index(series.StudyInstanceUid, mayChange, cancellationToken) is { } index)
        {
            foreach (var instance in series.Instances)
            {
                if (index.Find(EntryName(instance)) is { } entry)
                {
                    found[instance.SopInstanceUid] = entry;
                }
            }
        }

        return found;
    }

    /// <summary>Drops what is known of a study's zip.</summary>
    public void Forget(string studyInstanceUid) => _indexes.Remove(studyInstanceUid);

    /// <summary>Deletes the unfinished zips of a study that belong to no living run.</summary>
    public void CleanUp(string studyInstanceUid, RunMarker run)
    {
        // Up to version 0.1 the name of an unfinished zip was always the same.
        DeletePartial(Path.Combine(directory, $".{SafeName.Validate(studyInstanceUid)}.zip.partial"));
        foreach (var path in Directory.EnumerateFiles(directory, $".{studyInstanceUid}.zip.*{PartialName.Extension}"))
        {
            if (PartialName.TryParse(Path.GetFileName(path), out _, out var owner) && !run.IsAlive(owner))
            {
                DeletePartial(path);
            }
        }
    }

    /// <summary>Writes the zip of a study from its staged files and from what an earlier zip holds.</summary>
    /// <returns>A message if entries of the earlier zip were damaged: the new one is there, without them.</returns>
    public async Task<string?> WriteAsync(string studyInstanceUid, string owner, IReadOnlyList<StagedFile> staged, CancellationToken cancellationToken)
    {
        var path = PathOf(studyInstanceUid);
        _indexes.Remove(studyInstanceUid);
        ThrowIfLink(path);

        // What is damaged shows when it was copied already, and a zip that is being written forgets nothing: so write it once more.
        var damaged = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var before = damaged.Count;
            using var partial = WholeFile.Create(path, Path.GetFileName(path), owner, 0, options.Files, options.TimeProvider);
            await WritePartialAsync(partial, staged, damaged, cancellationToken).ConfigureAwait(false);
            if (damaged.Count == before)
            {
                return await CommitAsync(partial, damaged.Count, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<string?> CommitAsync(WholeFile partial, int damaged, CancellationToken cancellationToken)
    {
        var kept = damaged > 0 ? DamagedFile.Rename(partial.Path) : null;
        await partial.CommitAsync(options.FlushToDisk, overwrite: true, cancellationToken).ConfigureAwait(false);
        if (kept is null)
        {
            return null;
        }

        SavingLogMessages.ZipEntriesDamaged(options.Logger, damaged, partial.Path, kept);
        return $"{damaged} instances in the earlier {partial.Path} were damaged. It is kept as {kept}; run again to fetch them.";
    }

    private async Task WritePartialAsync(
        WholeFile partial, IReadOnlyList<StagedFile> staged, HashSet<string> damaged, CancellationToken cancellationToken)
    {
        using var old = OpenOld(partial.Path);
        var target = new FileHandleStream(partial.Handle, WriteBufferBytes);
        await using var closing = target.ConfigureAwait(false);
        await StudyZipWriter.WriteAsync(target, old, staged, damaged, options.CompressionLevel, cancellationToken).ConfigureAwait(false);
        await target.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private ZipArchive? OpenOld(string path)
    {
        try
        {
            return ZipIndex.OpenRead(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (InvalidDataException e)
        {
            SavingLogMessages.ZipDamaged(options.Logger, e, path, DamagedFile.Rename(path));
            return null;
        }
    }

    private ZipIndex? Index(string studyInstanceUid, bool mayChange, CancellationToken cancellationToken)
    {
        var path = PathOf(studyInstanceUid);
        ThrowIfLink(path);
        return _indexes.Get(studyInstanceUid, index => index.IsOf(path), () => ReadIndex(path, mayChange, cancellationToken));
    }

    private ZipIndex? ReadIndex(string path, bool mayChange, CancellationToken cancellationToken)
    {
        try
        {
            return ZipIndex.Read(path, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (InvalidDataException e)
        {
            if (!mayChange)
            {
                return ZipIndex.Empty(path);
            }

            SavingLogMessages.ZipDamaged(options.Logger, e, path, DamagedFile.Rename(path));
            return null;
        }
    }

    /// <summary>Throws if links are not allowed and a zip is one.</summary>
    public void ThrowIfLink(string path)
    {
        if (!options.AllowSymbolicLinks)
        {
            SymbolicLink.ThrowIfBelow(directory, path);
        }
    }

    private void DeletePartial(string path)
    {
        if (WholeFile.TryDelete(path) is { } problem)
        {
            SavingLogMessages.LeftoverNotDeleted(options.Logger, problem, path);
        }
    }
}
