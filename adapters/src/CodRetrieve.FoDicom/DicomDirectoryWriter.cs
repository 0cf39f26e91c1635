using System.IO.Compression;
using System.Security.Cryptography;
using FellowOakDicom;
using FellowOakDicom.Media;

namespace CodRetrieve.FoDicom;

/// <summary>
/// Writes the DICOMDIR of a folder with DICOM files (PS3.10, 8; PS3.3, F), by which media are read. The folder must have been saved with <see cref="FolderLayout.Media"/>, or otherwise have names that a File ID can have.
/// </summary>
/// <remarks>
/// <para>It is written anew from all DICOM files in the folder: of each, all but large values is read. Some kilobytes for each of them are in memory until it is written.</para>
/// <para>Records are those that fo-dicom makes: reports and presentation states have their own kinds, and everything else is an IMAGE. It has the names of patients.</para>
/// <para>Immutable; safe for several folders at once.</para>
/// </remarks>
public sealed class DicomDirectoryWriter
{
    // fo-dicom follows records from one to the next by calling itself (its issue 1977): some 200 bytes for each.
    private const int StackBytesPerRecord = 1024;
    private const int MinStackBytes = 1024 * 1024;
    private const int MaxRecords = int.MaxValue / StackBytesPerRecord / 2;
    private const int MaxFileSetId = 16;
    private const int CopyBytes = 256 * 1024;

    private readonly string _fileSetId;
    private readonly bool _mayInvent;

    /// <summary>Initializes a new instance of the <see cref="DicomDirectoryWriter"/> class.</summary>
    /// <param name="options">How it writes; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The <see cref="DicomDirectoryOptions.FileSetId"/> is none.</exception>
    public DicomDirectoryWriter(DicomDirectoryOptions? options = null)
    {
        options ??= new DicomDirectoryOptions();
        (_fileSetId, _mayInvent) = (options.FileSetId, options.InventMissingValues);
        if (string.IsNullOrWhiteSpace(_fileSetId) || _fileSetId.Length > MaxFileSetId || !_fileSetId.All(static one => char.IsAsciiLetterUpper(one) || char.IsAsciiDigit(one) || one is '_' or ' '))
        {
            throw new ArgumentException($"A File-set ID has from 1 to {MaxFileSetId} capital letters, digits, spaces and underscores.", nameof(options));
        }
    }

    /// <summary>Writes <c>DICOMDIR</c> into a folder, in place of one that is there.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="cancellationToken">Cancels the writing; an earlier DICOMDIR stays.</param>
    /// <returns>What was written; <see langword="null"/> if there is no DICOM file: then an earlier DICOMDIR is deleted.</returns>
    /// <exception cref="CodRetrieveException">A file has a name that a DICOMDIR cannot have, cannot be read, or lacks a value. Nothing is written.</exception>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read or written.</exception>
    public async Task<DicomDirectoryResult?> WriteAsync(string directory, CancellationToken cancellationToken = default)
    {
        var root = Path.GetFullPath(directory);
        var path = Path.Combine(root, MediaFiles.DirectoryName);
        var files = MediaFiles.Of(root, cancellationToken);
        if (files.Count == 0)
        {
            File.Delete(path);
            return null;
        }

        var partial = Path.Combine(root, $".{MediaFiles.DirectoryName}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.partial");
        try
        {
            DicomDirectoryResult result;
            var target = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            await using (target.ConfigureAwait(false))
            {
                result = await WriteAsync(files, target, path, cancellationToken).ConfigureAwait(false);
                target.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
            return result;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Writes a zip with the DICOM files of a folder and their DICOMDIR, and nothing else of the folder. Entries are stored and not compressed.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="zipPath">The zip, which gets its name when it is whole; one that is there is replaced. Not in the folder.</param>
    /// <param name="cancellationToken">Cancels the writing; an earlier zip stays.</param>
    /// <returns>What was written; <see langword="null"/> if there is no DICOM file, and no zip.</returns>
    /// <exception cref="CodRetrieveException">A file has a name that a DICOMDIR cannot have, cannot be read, or lacks a value. Nothing is written.</exception>
    /// <exception cref="IOException">The folder cannot be read, or the zip not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read, or the zip not be written.</exception>
    public async Task<DicomDirectoryResult?> WriteZipAsync(string directory, string zipPath, CancellationToken cancellationToken = default)
    {
        var root = Path.GetFullPath(directory);
        var path = Path.GetFullPath(zipPath);
        var files = MediaFiles.Of(root, cancellationToken);
        if (files.Count == 0)
        {
            return null;
        }

        var partial = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.partial");
        try
        {
            DicomDirectoryResult result;
            var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            await using (stream.ConfigureAwait(false))
            {
                result = await WriteZipAsync(files, stream, path, cancellationToken).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
            return result;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private async Task<DicomDirectoryResult> WriteZipAsync(List<(string Path, string FileId)> files, FileStream target, string path, CancellationToken cancellationToken)
    {
        using var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        DicomDirectoryResult result;
        using (var directory = new MemoryStream())
        {
            result = await WriteAsync(files, directory, path, cancellationToken).ConfigureAwait(false);
            directory.Position = 0;
            await AddAsync(zip, MediaFiles.DirectoryName, directory, cancellationToken).ConfigureAwait(false);
        }

        foreach (var (file, id) in files)
        {
            var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            await using var closing = source.ConfigureAwait(false);
            await AddAsync(zip, id, source, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    private static async Task AddAsync(ZipArchive zip, string name, Stream source, CancellationToken cancellationToken)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        await using var closing = entry.ConfigureAwait(false);
        await source.CopyToAsync(entry, CopyBytes, cancellationToken).ConfigureAwait(false);
    }

    private async Task<DicomDirectoryResult> WriteAsync(List<(string Path, string FileId)> files, Stream target, string path, CancellationToken cancellationToken)
    {
        if (files.Count > MaxRecords)
        {
            throw new CodRetrieveException($"{files.Count} files are too many for one DICOMDIR: make several folders, of at most {MaxRecords} files each.");
        }

        var directory = new DicomDirectory { FileSetID = _fileSetId };
        var values = new RequiredValues(_mayInvent);
        var tree = new DirectoryTree(directory, values);
        var duplicates = 0;
        foreach (var (file, id) in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            duplicates += await TryAddAsync(tree, file, id).ConfigureAwait(false) ? 0 : 1;
        }

        await SaveAsync(directory, target, tree.Count).ConfigureAwait(false);
        return new DicomDirectoryResult(path, tree.Count, duplicates, values.Invented);
    }

    private static async Task<bool> TryAddAsync(DirectoryTree tree, string path, string fileId)
    {
        try
        {
            return tree.TryAdd(await DicomFile.OpenAsync(path, FileReadOption.SkipLargeTags).ConfigureAwait(false), path, fileId);
        }
        catch (Exception e) when (e is DicomException or DicomDataException or InvalidOperationException or NullReferenceException)
        {
            // The messages of fo-dicom have values of attributes.
            throw new CodRetrieveException($"{path} cannot be put into a DICOMDIR: fo-dicom cannot read it ({e.GetType().Name}). Move the file away.");
        }
    }

    // On a thread of its own, whose stack is large enough.
    private static Task SaveAsync(DicomDirectory directory, Stream target, int records)
    {
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(
            () =>
            {
                try
                {
                    directory.Save(target);
                    saved.SetResult();
                }
#pragma warning disable CA1031 // Whatever it is, it is the waiter's.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    saved.SetException(e);
                }
            },
            MinStackBytes + (StackBytesPerRecord * records))
        {
            IsBackground = true,
            Name = "CodRetrieve DICOMDIR",
        };
        thread.Start();
        return saved.Task;
    }
}
