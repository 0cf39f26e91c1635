namespace CodRetrieve.Saving;

/// <summary>
/// <c>{directory}/log.json</c>: <c>{"logs": ["{study}/{series}/{sop}", …]}</c>, in the shape that the JavaScript tool keeps, so that a
/// directory begun with one can be finished by the other.
/// </summary>
/// <remarks>
/// Entries are appended in place: one write over the closing brackets puts the new ones and the brackets there, so that the work does not
/// grow with the file, and the file is valid JSON between any two writes. They are gathered into batches, as one is worth little: the
/// disk tells what is saved. With <see cref="SavingOptions.TrustSavedLog"/> each is written at once.
/// </remarks>
internal sealed class LogJson
{
    private const int BatchSize = 64;

    private static readonly TimeSpan BatchTime = TimeSpan.FromSeconds(1);

    private readonly string _directory;
    private readonly string _path;
    private readonly SavingOptions _options;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly List<string> _pending = [];
    private HashSet<UInt128> _known = [];
    private byte[] _tail = [];
    private long _appendOffset;
    private bool _isEmpty;
    private long _lastWrite;

    private LogJson(string directory, SavingOptions options)
    {
        _directory = directory;
        _path = PathIn(directory);
        _options = options;
        _lastWrite = options.TimeProvider.GetTimestamp();
    }

    private string PartialPath => Path.Combine(_directory, ".log.json.partial");

    public static string PathIn(string directory) => Path.Combine(directory, "log.json");

    public static string Entry(SeriesInfo series, string sopInstanceUid) =>
        $"{series.StudyInstanceUid}/{series.SeriesInstanceUid}/{sopInstanceUid}";

    public static FileStream OpenRead(string path) => new(
        path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>Opens the log of a directory whose lock is held; makes one if there is none, repairs one that is damaged.</summary>
    /// <exception cref="DestinationException">It cannot be read or written.</exception>
    public static async ValueTask<LogJson> OpenAsync(string directory, SavingOptions options, CancellationToken cancellationToken)
    {
        var log = new LogJson(directory, options);
        try
        {
            await log.LoadAsync(cancellationToken).ConfigureAwait(false);
            return log;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw log.Fault(e);
        }
    }

    public bool Contains(SeriesInfo series, string sopInstanceUid)
    {
        var hash = EntryHash.Of(Entry(series, sopInstanceUid));
        lock (_pending)
        {
            return _known.Contains(hash);
        }
    }

    /// <summary>Records instances, unless they are; writes when a batch is full or old enough.</summary>
    /// <exception cref="DestinationException">The log cannot be written.</exception>
    public async ValueTask AppendAsync(SeriesInfo series, IReadOnlyCollection<string> sopInstanceUids, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var sop in sopInstanceUids)
            {
                Add(Entry(series, sop));
            }

            if (_pending.Count >= BatchSize || (_pending.Count > 0
                && (_options.TrustSavedLog || _options.TimeProvider.GetElapsedTime(_lastWrite) >= BatchTime)))
            {
                await WritePendingAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Writes what is pending.</summary>
    /// <exception cref="DestinationException">The log cannot be written.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_pending.Count > 0)
            {
                await WritePendingAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private void Add(string entry)
    {
        lock (_pending)
        {
            if (_known.Add(EntryHash.Of(entry)))
            {
                _pending.Add(entry);
            }
        }
    }

    private async ValueTask WritePendingAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!TryAppend())
            {
                SavingLogMessages.LogChanged(_options.Logger, _path);
                await LoadAsync(cancellationToken).ConfigureAwait(false);
                if (_pending.Count > 0 && !TryAppend())
                {
                    throw new IOException($"{_path} is being changed by another program.");
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fault(e);
        }
    }

    // False if the file is not the one that was written last.
    private bool TryAppend()
    {
        FileStream file;
        try
        {
            file = new(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (FileNotFoundException) when (Directory.Exists(_directory))
        {
            return false;
        }

        using (file)
        {
            if (!HasKnownTail(file))
            {
                return false;
            }

            var batch = new MemoryStream();
            foreach (var entry in _pending)
            {
                if (batch.Length > 0 || !_isEmpty)
                {
                    batch.WriteByte((byte)',');
                }

                batch.Write(LogJsonWriter.Quote(entry));
            }

            var added = batch.Length;
            batch.Write(_tail);
            Write(file, batch.GetBuffer().AsSpan(0, (int)batch.Length));
            _appendOffset += added;
        }

        _isEmpty = false;
        _pending.Clear();
        _lastWrite = _options.TimeProvider.GetTimestamp();
        return true;
    }

    private bool HasKnownTail(FileStream file)
    {
        if (file.Length != _appendOffset + _tail.Length)
        {
            return false;
        }

        Span<byte> tail = stackalloc byte[_tail.Length];
        return RandomAccess.Read(file.SafeFileHandle, tail, _appendOffset) == tail.Length && tail.SequenceEqual(_tail);
    }

    private void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        var written = false;
        try
        {
            RandomAccess.Write(file.SafeFileHandle, bytes, _appendOffset);
            if (_options.FlushToDisk)
            {
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }

            written = true;
        }
        finally
        {
            if (!written)
            {
                Restore(file);
            }
        }
    }

    // A full disk takes the first part of a write only. The old tail needs no more room than it had.
    private void Restore(FileStream file)
    {
        try
        {
            RandomAccess.Write(file.SafeFileHandle, _tail, _appendOffset);
            RandomAccess.SetLength(file.SafeFileHandle, _appendOffset + _tail.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SavingLogMessages.LogNotRestored(_options.Logger, e, _path);
        }
    }

    private async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_directory))
        {
            throw DestinationErrors.Gone(_directory);
        }

        if (!File.Exists(_path))
        {
            await WritePartialAsync(target => LogJsonWriter.WriteEmptyAsync(target, cancellationToken)).ConfigureAwait(false);
            File.Move(PartialPath, _path, overwrite: true);
        }

        var contents = await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (!contents.IsAppendable)
        {
            contents = await RewriteAsync(cancellationToken).ConfigureAwait(false);
        }

        (_tail, _appendOffset, _isEmpty) = (contents.Tail, contents.Parser.AppendOffset, contents.Parser.IsEmpty);
        lock (_pending)
        {
            _known = contents.Entries;
            _pending.RemoveAll(entry => !_known.Add(EntryHash.Of(entry)));
        }
    }

    private async ValueTask<LogJsonContents> ReadAsync(CancellationToken cancellationToken)
    {
        var file = OpenRead(_path);
        await using (file.ConfigureAwait(false))
        {
            return await LogJsonContents.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<LogJsonContents> RewriteAsync(CancellationToken cancellationToken)
    {
        var source = OpenRead(_path);
        await using (source.ConfigureAwait(false))
        {
            var contents = await LogJsonContents.ReadAsync(source, cancellationToken).ConfigureAwait(false);
            if (contents.Parser.IsDamaged)
            {
                // A copy, so that a crash between this and the rename finds the damaged file where it was.
                SavingLogMessages.LogRepaired(_options.Logger, _path, DamagedFile.Copy(_path));
            }

            await WritePartialAsync(target => LogJsonWriter.WriteAsync(source, contents, target, cancellationToken)).ConfigureAwait(false);
        }

        File.Move(PartialPath, _path, overwrite: true);
        var rewritten = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return rewritten.IsAppendable ? rewritten : throw new IOException($"{_path} is being changed by another program.");
    }

    private async ValueTask WritePartialAsync(Func<Stream, ValueTask> write)
    {
        var target = new FileStream(PartialPath, FileMode.Create, FileAccess.Write, FileShare.None, 64 * 1024, FileOptions.Asynchronous);
        await using (target.ConfigureAwait(false))
        {
            await write(target).ConfigureAwait(false);
            await target.FlushAsync().ConfigureAwait(false);
            if (_options.FlushToDisk)
            {
                RandomAccess.FlushToDisk(target.SafeFileHandle);
            }
        }
    }

    // A log that cannot be written concerns every instance, not the one that happened to fill the batch.
    private DestinationException Fault(Exception e) => DestinationErrors.From(e, _directory)
        ?? new DestinationException(DestinationFailure.NotWritable, $"{_path} cannot be read or written: {e.Message}", e);
}
