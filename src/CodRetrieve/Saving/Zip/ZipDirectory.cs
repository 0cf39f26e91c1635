using System.Collections.Concurrent;
using System.IO.Compression;
using CodRetrieve.Catalog;

namespace CodRetrieve.Saving;

/// <summary>The zips of a directory: <c>{directory}/{study}.zip</c>. Safe for calls for different studies at once.</summary>
internal sealed class ZipDirectory(string directory, SavingOptions options)
{
    private const int WriteBufferBytes = 64 * 1024;

    private readonly ConcurrentDictionary<string, Lazy<ZipIndex?>> _indexes = new(StringComparer.Ordinal);

    public string PathOf(string studyInstanceUid) => SafeUid.IsSafe(studyInstanceUid)
        ? Path.Combine(directory, studyInstanceUid + ".zip")
        : throw new ArgumentException("The UID holds characters that no file name may have.", nameof(studyInstanceUid));

    /// <summary>Where an instance is in the zip of its study, in the form that the COD writer uses for tars.</summary>
    public string LocationOf(InstanceInfo instance) => $"{PathOf(instance.Series.StudyInstanceUid)}://{EntryName(instance)}";

    public static string EntryName(InstanceInfo instance) => $"{instance.Series.SeriesInstanceUid}/{instance.EntryName}";

    /// <summary>The instances of a series that the zip of its study holds with the right size.</summary>
    /// <param name="series">The series.</param>
    /// <param name="keepDamaged">Whether a zip that cannot be read is renamed, out of the way of a new one.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public IEnumerable<string> FindSaved(SeriesInfo series, bool keepDamaged, CancellationToken cancellationToken)
    {
        var index = Index(series.StudyInstanceUid, keepDamaged, cancellationToken);
        return index is null
            ? []
            : series.Instances.Where(i => index.Holds(EntryName(i), i)).Select(i => i.SopInstanceUid);
    }

    /// <summary>Deletes the unfinished zip of a study.</summary>
    public void SweepStudy(string studyInstanceUid) => DeletePartial(PartialOf(PathOf(studyInstanceUid)));

    /// <summary>Writes the zip of a study from its staged files and from what an earlier zip holds.</summary>
    /// <returns>What to tell the user if entries of the earlier zip were damaged: the new one is there, without them.</returns>
    public async Task<string?> WriteAsync(string studyInstanceUid, IReadOnlyList<StagedFile> staged, CancellationToken cancellationToken)
    {
        var path = PathOf(studyInstanceUid);
        var partial = PartialOf(path);
        _indexes.TryRemove(studyInstanceUid, out _);
        try
        {
            var damaged = await WritePartialAsync(path, partial, staged, cancellationToken).ConfigureAwait(false);
            var kept = damaged.Count > 0 ? DamagedFile.Rename(path) : null;
            File.Move(partial, path, overwrite: true);
            if (kept is null)
            {
                return null;
            }

            SavingLogMessages.ZipEntriesDamaged(options.Logger, damaged.Count, path, kept);
            return $"{damaged.Count} instances in the earlier {path} were damaged. It is kept as {kept}; run again to fetch them.";
        }
        finally
        {
            DeletePartial(partial);
        }
    }

    private static string PartialOf(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.partial");

    private async Task<HashSet<string>> WritePartialAsync(
        string path, string partial, IReadOnlyList<StagedFile> staged, CancellationToken cancellationToken)
    {
        // What is damaged shows when it was copied already, and a zip that is being written forgets nothing: so write it once more.
        var damaged = new HashSet<string>(StringComparer.Ordinal);
        int before;
        do
        {
            before = damaged.Count;
            using var old = OpenOld(path);
            var target = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None, WriteBufferBytes, FileOptions.Asynchronous);
            await using var closing = target.ConfigureAwait(false);
            await StudyZipWriter.WriteAsync(target, old, staged, damaged, options.CompressionLevel, cancellationToken).ConfigureAwait(false);
            target.Flush(options.FlushToDisk);
        }
        while (damaged.Count > before);

        return damaged;
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

    private ZipIndex? Index(string studyInstanceUid, bool keepDamaged, CancellationToken cancellationToken)
    {
        var path = PathOf(studyInstanceUid);
        while (true)
        {
            // The series of a study are often looked at together; its zip is read once for all of them.
            var index = _indexes.GetOrAdd(studyInstanceUid, _ => new(() => ReadIndex(path, keepDamaged, cancellationToken)));
            var read = false;
            try
            {
                var value = index.Value;
                read = value is null ? !File.Exists(path) : value.IsOf(path);
                if (read)
                {
                    return value;
                }
            }
            finally
            {
                if (!read)
                {
                    _indexes.TryRemove(KeyValuePair.Create(studyInstanceUid, index));
                }
            }
        }
    }

    private ZipIndex? ReadIndex(string path, bool keepDamaged, CancellationToken cancellationToken)
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
            if (!keepDamaged)
            {
                return ZipIndex.Empty(path);
            }

            SavingLogMessages.ZipDamaged(options.Logger, e, path, DamagedFile.Rename(path));
            return null;
        }
    }

    private void DeletePartial(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SavingLogMessages.LeftoverNotDeleted(options.Logger, e, path);
        }
    }
}
