using System.Globalization;
using CodRetrieve.IO;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>
/// What is known to be saved of one study, <c>.codretrieve/studies/{study}</c>: read when a job begins the study, added to while it saves, and made durable behind
/// the instances. It only records: where it cannot be written, instances are read back by a later run. Safe for several callers at once.
/// </summary>
internal sealed class StudyReceipts : IDisposable
{
    // What a killed run may lose: a later one reads so many instances, or bytes, back.
    private const int MaxPending = 64;
    private const long MaxPendingBytes = 64 * 1024 * 1024;

    // Below this, writing a file again saves nothing.
    private const long MinCompactedBytes = 64 * Receipt.Bytes;

    // The signature, and the records at the beginning and at the end of a run.
    private const int FramingRecords = 3;

    private readonly object _lock = new();
    private readonly ReceiptTable _receipts;
    private readonly List<Receipt> _pending = [];
    private readonly string _path;
    private readonly string _owner;
    private readonly uint _ownerNumber;
    private readonly SavingOptions _options;
    private readonly FileStamp _stamp;
    private SafeFileHandle? _file;
    private bool _isBroken;
    private bool _isAddedTo;
    private long _pendingBytes;
    private long _end;

    private StudyReceipts(string path, string owner, SavingOptions options, FileStamp stamp, ReceiptTable receipts, long end)
    {
        (_path, _owner, _options, _stamp, _receipts, _end) = (path, owner, options, stamp, receipts, end);
        _ownerNumber = uint.Parse(owner, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    /// <summary>Reads what is known of a study. Receipts that cannot be read are none: what they are of is read back.</summary>
    /// <param name="path">The file, which need not exist.</param>
    /// <param name="owner">The run that will add to it.</param>
    /// <param name="options">How files are written.</param>
    public static StudyReceipts Read(string path, string owner, SavingOptions options)
    {
        var receipts = new ReceiptTable();
        var stamp = FileStamp.Of(path);
        try
        {
            return new StudyReceipts(path, owner, options, stamp, receipts, ReceiptFile.Read(path, options.BootId, receipts));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SavingLogMessages.ReceiptsNotRead(options.Logger, e, path);
            receipts.Clear();
            return new StudyReceipts(path, owner, options, stamp, receipts, 0) { _isBroken = true };
        }
    }

    /// <summary>Writes what must be known before a receipt is; called before each writing.</summary>
    public Action? Writing { get; set; }

    /// <summary>Whether the file is still the one that was read.</summary>
    public bool IsOf(string path) => _stamp == FileStamp.Of(path);

    /// <summary>How many instances have a receipt.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _receipts.Count;
            }
        }
    }

    /// <summary>The number of a transform that made instances of the study; <see langword="null"/> if none did.</summary>
    public ulong? FindTransform()
    {
        lock (_lock)
        {
            foreach (var receipt in _receipts.All)
            {
                if (receipt.Origin is { } origin)
                {
                    return origin.Transform;
                }
            }

            return null;
        }
    }

    /// <summary>The receipt of an instance; <see langword="null"/> if there is none.</summary>
    public Receipt? Find(UInt128 name)
    {
        lock (_lock)
        {
            return _receipts.Find(name);
        }
    }

    /// <summary>Adds the receipt of an instance that is in its place.</summary>
    /// <param name="kind">How it came there; of no meaning for what a transform made.</param>
    /// <param name="name">The hash of its name.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="file">What is in its place.</param>
    /// <param name="crc32c">The CRC32C of that.</param>
    /// <param name="origin">What a transform made it of; <see langword="null"/> if none did.</param>
    public void Add(ReceiptKind kind, UInt128 name, InstanceInfo instance, in FoundFile file, uint crc32c, TransformOrigin? origin = null)
    {
        var receipt = Record(origin is null ? kind : ReceiptKind.Transformed, name) with
        {
            SizeBytes = file.SizeBytes,
            TarGeneration = instance.Series.TarGeneration ?? 0,
            LastWriteUtc = file.LastWriteUtc,
            Crc32c = crc32c,
            Crc32 = file.Crc32 ?? 0,
            Origin = origin,
            IsTrusted = true,
        };
        lock (_lock)
        {
            _receipts.Set(receipt);
            AddPending(receipt);
        }
    }

    /// <summary>Adds that an instance was deleted.</summary>
    public void AddRemoved(UInt128 name)
    {
        lock (_lock)
        {
            _receipts.Remove(name);
            AddPending(Record(ReceiptKind.Removed, name));
        }
    }

    /// <summary>Ends the study, when nothing is added any more.</summary>
    /// <param name="makeDurable">
    /// Makes durable what was saved in the study, called if there is anything; <see langword="null"/> if that shall not be durable.
    /// </param>
    /// <exception cref="IOException">What was saved is not durable.</exception>
    public async ValueTask CompleteAsync(Func<ValueTask>? makeDurable)
    {
        lock (_lock)
        {
            WritePending();
        }

        if (!_isAddedTo)
        {
            return;
        }

        if (makeDurable is not null)
        {
            await makeDurable().ConfigureAwait(false);
            lock (_lock)
            {
                _pending.Add(Record(ReceiptKind.Durable, default));
                WritePending();
                if (_receipts.All.Any(static receipt => receipt.Origin is not null))
                {
                    Flush();
                }
            }
        }

        if (_end > MinCompactedBytes && _end > 2 * (_receipts.All.Sum(static receipt => (long)receipt.Length) + (FramingRecords * Receipt.Bytes)))
        {
            await TryCompactAsync(makeDurable is not null).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what is known so far, and closes the file.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            WritePending();
            Close();
        }
    }

    private Receipt Record(ReceiptKind kind, UInt128 name) => new(kind, name, _ownerNumber) { Time = (uint)_options.TimeProvider.GetUtcNow().ToUnixTimeSeconds() };

    private void AddPending(in Receipt receipt)
    {
        _isAddedTo = true;
        _pending.Add(receipt);
        _pendingBytes += receipt.SizeBytes;

        // What a transform made is known by its receipt alone, and would have to be made again.
        if (_pending.Count >= MaxPending || _pendingBytes >= MaxPendingBytes || receipt.Origin is not null)
        {
            WritePending();
        }
    }

    private void WritePending()
    {
        if (_pending.Count == 0)
        {
            return;
        }

        if (!_isBroken)
        {
            try
            {
                Writing?.Invoke();
                _file ??= Open();
                Write(_file, _pending);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Break(e);
            }
        }

        _pending.Clear();
        _pendingBytes = 0;
    }

    // Instances are saved without it, too: a later run reads them back.
    private void Break(Exception cause)
    {
        _isBroken = true;
        SavingLogMessages.ReceiptsNotWritten(_options.Logger, cause, _path);
    }

    private SafeFileHandle Open()
    {
        if (SymbolicLink.Is(_path))
        {
            throw new IOException($"{_path} is a symbolic link, which is not followed. Remove it.");
        }

        var file = File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            // What is no whole record, or of another form, was never read.
            if (RandomAccess.GetLength(file) != _end)
            {
                _options.Files.SetLength(file, _end);
            }

            if (_end == 0)
            {
                _options.Files.Write(file, ReceiptFile.Signature, 0);
                _end = Receipt.Bytes;
            }

            Write(file, [Record(ReceiptKind.Run, _options.BootId ?? default)]);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Write(SafeFileHandle file, List<Receipt> records)
    {
        var bytes = new byte[records.Sum(static record => record.Length)];
        var offset = 0;
        foreach (var record in records)
        {
            record.Write(bytes.AsSpan(offset));
            offset += record.Length;
        }

        _options.Files.Write(file, bytes, _end);
        _end += bytes.Length;
    }

    // Receipts of what is as the store has it need not be durable: it is read back and compared.
    private void Flush()
    {
        if (_file is not { } file)
        {
            return;
        }

        try
        {
            _options.Files.Flush(file, _path);
            _options.Files.FlushDirectory(Path.GetDirectoryName(_path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Break(e);
        }
    }

    private void Close()
    {
        if (_file is not { } file)
        {
            return;
        }

        _file = null;
        try
        {
            _options.Files.Close(file, _path);
        }
        catch (IOException e)
        {
            Break(e);
        }
    }

    // The records of other runs become this one's: what was not sure of them is left out.
    private async ValueTask TryCompactAsync(bool isDurable)
    {
        Close();
        try
        {
            using var file = WholeFile.Create(_path, Path.GetFileName(_path), _owner, 0, _options.Files, _options.TimeProvider);
            _options.Files.Write(file.Handle, ReceiptFile.Signature, 0);
            _end = Receipt.Bytes;
            var trusted = _receipts.All.Where(static receipt => receipt.IsTrusted).Select(receipt => receipt with { Owner = _ownerNumber });
            List<Receipt> records = [Record(ReceiptKind.Run, _options.BootId ?? default), .. trusted];
            if (isDurable)
            {
                records.Add(Record(ReceiptKind.Durable, default));
            }

            Write(file.Handle, records);
            await file.CommitAsync(isDurable, overwrite: true, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Break(e);
        }
    }
}
