using System.Collections.Concurrent;
using System.Security.Cryptography;
using CodRetrieve.IO;
using ICSharpCode.SharpZipLib.Zip;
using ICSharpCode.SharpZipLib.Zip.Compression;
using CompressionLevel = System.IO.Compression.CompressionLevel;

namespace CodRetrieve.Saving;

/// <summary>
/// The zip of one study while a job writes it: entries one after the other, each when its content is whole. Safe for several callers at once, of which
/// <see cref="CompleteAsync"/> comes alone. Disposed before it is complete, it leaves what it has to a later run.
/// </summary>
internal sealed class EncryptedZip : IDisposable
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> _removed = new(StringComparer.Ordinal);
    private const int KeyBits = 256;
    private const int BufferBytes = 256 * 1024;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentDictionary<string, FoundFile> _written = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EncryptedZipIndex> _left = new(StringComparer.Ordinal);
    private readonly StudySession _session;
    private readonly string _root;
    private readonly string _path;
    private readonly string _password;
    private readonly UnfinishedZips _unfinished;
    private readonly SavingOptions _options;
    private readonly DestinationWriter _writer;
    private WholeFile? _file;
    private FileHandleStream? _stream;
    private ZipOutputStream? _zip;
    private Exception? _fault;

    /// <param name="session">The study.</param>
    /// <param name="root">The directory.</param>
    /// <param name="path">The path of the study's zip.</param>
    /// <param name="password">The password.</param>
    /// <param name="unfinished">Where unfinished zips are.</param>
    /// <param name="options">How files are written.</param>
    public EncryptedZip(StudySession session, string root, string path, string password, UnfinishedZips unfinished, SavingOptions options)
    {
        (_session, _root, _path, _password, _unfinished, _options) = (session, root, path, password, unfinished, options);
        _writer = new DestinationWriter(options.Files, root);
        foreach (var left in unfinished.LeftOf(session.StudyInstanceUid, session.Run))
        {
            if (TryReadLeft(left) is { } index)
            {
                _left[left] = index;
            }
        }
    }

    /// <summary>Whether there is anything that is not in the finished zip.</summary>
    public bool HasContent => _zip is not null || _left.Count > 0;

    /// <summary>What this job wrote of an entry, or an earlier one left.</summary>
    public FoundFile? Find(string entryName) =>
        _written.TryGetValue(entryName, out var found) ? found : _left.Values.Select(left => left.Find(entryName)).FirstOrDefault(static file => file is not null);

    /// <summary>Writes an entry.</summary>
    public async Task<FoundFile> WriteAsync(string entryName, long? sizeBytes, Stream content, CancellationToken cancellationToken)
    {
        using var spool = await SpoolAsync(content, sizeBytes, cancellationToken).ConfigureAwait(false);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_written.ContainsKey(entryName))
            {
                await BeginAgainWithoutAsync(entryName, cancellationToken).ConfigureAwait(false);
            }

            return await WriteAsync(entryName, spool, Now, null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (DestinationErrors.From(e, _root) is { } fault)
        {
            throw fault;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Says that an entry will not be in the zip, though an earlier one has it.</summary>
    public void AddRemoved(string entryName) => _removed[entryName] = true;

    /// <summary>Finishes the zip, with the entries of earlier ones that are not replaced.</summary>
    /// <param name="removed">The names that the new zip is not to have.</param>
    /// <param name="note">What is missing; <see langword="null"/> if nothing is.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>What to tell the user if entries of the earlier zip were damaged: the new one is there, without them.</returns>
    public async ValueTask<string?> CompleteAsync(IReadOnlyCollection<string> removed, byte[]? note, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            HashSet<string> dropped = [.. removed, .. _removed.Keys, IncompleteNote.EntryName];
            foreach (var left in _left.Keys)
            {
                await CarryOverAsync(left, dropped, cancellationToken).ConfigureAwait(false);
            }

            var damaged = await CarryOverAsync(_path, dropped, cancellationToken).ConfigureAwait(false);
            if (note is not null)
            {
                using var content = new MemoryStream(note);
                using var spool = await SpoolAsync(content, note.Length, cancellationToken).ConfigureAwait(false);
                await WriteAsync(IncompleteNote.EntryName, spool, Now, null, cancellationToken).ConfigureAwait(false);
            }

            await FinishAsync(cancellationToken).ConfigureAwait(false);
            var kept = damaged > 0 ? DamagedFile.Rename(_path) : null;
            await _file!.CommitAsync(_options.Durability != Durability.None, overwrite: true, cancellationToken).ConfigureAwait(false);
            _written.Clear();
            DeleteLeft();
            if (kept is null)
            {
                return null;
            }

            SavingLogMessages.ZipEntriesDamaged(_options.Logger, damaged, _path, kept);
            return $"{damaged} instances in the earlier {_path} were damaged. It is kept as {kept}; run again to fetch them.";
        }
        catch (Exception e) when (DestinationErrors.From(e, _root) is { } fault)
        {
            throw fault;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Leaves what was written to a later run, as a zip that can be read.</summary>
    public void Dispose()
    {
        if (_fault is null && !_written.IsEmpty)
        {
            try
            {
                _zip!.Finish();
                _stream!.Flush();
                _file!.Leave();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                SavingLogMessages.LeftoverNotDeleted(_options.Logger, e, _file!.PartialPath);
            }
        }

        _file?.Dispose();
        _gate.Dispose();
    }

    private DateTime Now => _options.TimeProvider.GetLocalNow().DateTime;

    private Task<EntrySpool> SpoolAsync(Stream content, long? sizeBytes, CancellationToken cancellationToken) => EntrySpool.ReadAsync(
        content, sizeBytes, () => _unfinished.CreateTemporary(_session.StudyInstanceUid, _session.Run), _writer, cancellationToken);

    private EncryptedZipIndex? TryReadLeft(string path)
    {
        try
        {
            return EncryptedZipIndex.Read(path, _password, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Not encrypted, cut off, or with another password.
            if (WholeFile.TryDelete(path) is { } problem)
            {
                SavingLogMessages.LeftoverNotDeleted(_options.Logger, problem, path);
            }

            return null;
        }
    }

    private void DeleteLeft()
    {
        foreach (var left in _left.Keys)
        {
            if (WholeFile.TryDelete(left) is { } problem)
            {
                SavingLogMessages.LeftoverNotDeleted(_options.Logger, problem, left);
            }
        }

        _left.Clear();
    }

    private ZipOutputStream Open()
    {
        if (_zip is null)
        {
            _file = _unfinished.CreateFile(_path, _session.Run);
            _stream = new FileHandleStream(_file.Handle, BufferBytes);
            _zip = new ZipOutputStream(_stream) { IsStreamOwner = false, Password = _password, UseZip64 = UseZip64.Dynamic };
            _zip.SetLevel(_options.CompressionLevel switch
            {
                CompressionLevel.Fastest => Deflater.BEST_SPEED,
                CompressionLevel.SmallestSize => Deflater.BEST_COMPRESSION,
                _ => Deflater.DEFAULT_COMPRESSION,
            });
        }

        return _zip;
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        await Open().FinishAsync(cancellationToken).ConfigureAwait(false);
        await _stream!.FlushAsync(cancellationToken).ConfigureAwait(false);
        _fault = new ObjectDisposedException(nameof(EncryptedZip));
    }

    // Nothing can be taken out of a zip that is being written. An instance comes twice only where the store changed meanwhile.
    private async Task BeginAgainWithoutAsync(string entryName, CancellationToken cancellationToken)
    {
        ThrowIfFaulty();
        await FinishAsync(cancellationToken).ConfigureAwait(false);
        using var before = _file!;
        _written.Clear();
        (_zip, _fault) = (null, null);
        await CarryOverAsync(before.PartialPath, [entryName], cancellationToken).ConfigureAwait(false);
    }

    private async Task<FoundFile> WriteAsync(string entryName, EntrySpool spool, DateTime time, uint? mark, CancellationToken cancellationToken)
    {
        ThrowIfFaulty();
        var zip = Open();
        _writer.ThrowIfGone(_file!.PartialPath);
        try
        {
            var entry = new ZipEntry(entryName)
            {
                AESKeySize = KeyBits,
                Size = spool.SizeBytes,
                DateTime = time,
                IsUnicodeText = true,
                CompressionMethod = _options.CompressionLevel == CompressionLevel.NoCompression ? CompressionMethod.Stored : CompressionMethod.Deflated,
            };
            var written = new FoundFile(spool.SizeBytes, default) { Crc32 = mark ?? NewMark(), Crc32c = spool.Crc32c };
            EncryptedZipReader.SetMark(entry, written.Crc32.Value);
            await zip.PutNextEntryAsync(entry, cancellationToken).ConfigureAwait(false);
            await spool.WriteToAsync(zip, cancellationToken).ConfigureAwait(false);
            await zip.CloseEntryAsync(cancellationToken).ConfigureAwait(false);
            _written[entryName] = written;
            return written;
        }
        catch (Exception e)
        {
            // An entry that was begun cannot be taken back.
            _fault = e;
            throw;
        }
    }

    private void ThrowIfFaulty()
    {
        if (_fault is not null)
        {
            throw new IOException($"{_path} could not be written, and takes no more instances: {_fault.Message}", _fault);
        }
    }

    /// <returns>The number of entries that are damaged.</returns>
    private async Task<int> CarryOverAsync(string path, HashSet<string> dropped, CancellationToken cancellationToken)
    {
        using var old = TryOpen(path);
        var damaged = 0;
        foreach (var entry in old?.Cast<ZipEntry>().Where(entry => !entry.IsDirectory && !dropped.Contains(entry.Name) && !_written.ContainsKey(entry.Name)) ?? [])
        {
            try
            {
                var content = EncryptedZipReader.OpenEntry(old!, entry, path);
                await using var closing = content.ConfigureAwait(false);
                using var spool = await SpoolAsync(content, entry.Size, cancellationToken).ConfigureAwait(false);
                await WriteAsync(entry.Name, spool, entry.DateTime, EncryptedZipReader.MarkOf(entry), cancellationToken).ConfigureAwait(false);
            }
            catch (InvalidDataException)
            {
                damaged++;
            }
        }

        return damaged;
    }

    private ZipFile? TryOpen(string path)
    {
        try
        {
            return EncryptedZipReader.Open(path, _password);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (InvalidDataException e)
        {
            SavingLogMessages.ZipDamaged(_options.Logger, e, path, DamagedFile.Rename(path));
            return null;
        }
    }

    private static uint NewMark() => (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);
}
