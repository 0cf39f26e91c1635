using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// A zip that is being written: entries lie one behind the other, each in a region of its own that one caller writes beside others. Disposing one that was
/// not committed closes it and leaves it for a later run.
/// </summary>
/// <remarks>
/// <para>Safe for several callers at once until <see cref="CommitAsync"/>, which comes alone.</para>
/// <para>At every moment the local headers, followed from the beginning, lead over all regions: one that is not whole has the method
/// <see cref="LocalHeader.Unfinished"/>. Nothing but what this class wrote is ever taken for a header, whatever the entries hold.</para>
/// </remarks>
internal sealed class UnfinishedZip : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly WholeFile _file;
    private readonly ZipEntries _entries = new();
    private readonly Dictionary<UInt128, ZipAttributes> _attributes = [];
    private readonly List<(long Offset, long End)> _holes = [];
    private Exception? _fault;
    private long _end;

    /// <param name="file">The file, disposed with this.</param>
    /// <param name="writer">Writes it.</param>
    public UnfinishedZip(WholeFile file, DestinationWriter writer) => (_file, Writer) = (file, writer);

    /// <summary>Writes into the zip.</summary>
    public DestinationWriter Writer { get; }

    /// <summary>The final path of the zip.</summary>
    public string Path => _file.Path;

    /// <summary>The number of entries that are whole.</summary>
    public int Count => Locked(() => _entries.Count);

    /// <summary>The time of the last write, by the clock of the file system.</summary>
    public DateTime LastWriteUtc => File.GetLastWriteTimeUtc(_file.Handle);

    /// <summary>The entry of a name; <see langword="null"/> if no whole one has it.</summary>
    public ZipRecord? Find(string name) => Contains(EntryHash.Of(name), out var record) ? record : null;

    /// <summary>Whether a whole entry has a name.</summary>
    public bool Contains(UInt128 name, out ZipRecord record)
    {
        _gate.Wait();
        try
        {
            return _entries.TryGet(name, out record);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes over the entries that an earlier run left in the file, those that prove whole. Comes before anything is written.</summary>
    /// <param name="receipts">The receipts of the study: an entry that has none is read to its end.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public void Resume(StudyReceipts receipts, CancellationToken cancellationToken)
    {
        foreach (var (name, record) in UnfinishedZipReader.Follow(_file.Handle))
        {
            var key = EntryHash.Of(name);
            if ((Known(key, record, receipts) ?? UnfinishedZipReader.Verify(_file.Handle, record, cancellationToken)) is { } whole)
            {
                // None has the name of another, unless somebody else wrote the file.
                if (_entries.Remove(key, out var earlier))
                {
                    _holes.Add((earlier.Offset, earlier.End));
                }

                _entries.Set(key, whole);
            }
            else
            {
                _holes.Add((record.Offset, record.End));
            }

            _end = record.End;
        }

        TryCutOff();
        ThrowIfFaulty();
    }

    /// <summary>Adds an entry whose content is known to be whole. It replaces one of the same name.</summary>
    /// <param name="entry">Its header, and its content behind that.</param>
    /// <param name="name">Its name.</param>
    /// <param name="record">What is known of it; its offset is not.</param>
    /// <param name="cancellationToken">Ends the waiting for others.</param>
    public async ValueTask AppendAsync(Memory<byte> entry, byte[] name, ZipRecord record, CancellationToken cancellationToken)
    {
        Writer.ThrowIfGone(_file.PartialPath);
        var key = EntryHash.Of(name);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfFaulty();
            await DropAsync(key, cancellationToken).ConfigureAwait(false);
            record = record with { Offset = _end };
            LocalHeader.Write(entry.Span, record, name);
            await ExtendAsync(entry, cancellationToken).ConfigureAwait(false);
            _end = record.End;
            _entries.Set(key, record);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Reserves the region of an entry whose content is to come.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="record">What is known of it; its offset and its CRC-32 are not.</param>
    /// <param name="attributes">What another tool noted of it.</param>
    /// <param name="cancellationToken">Ends the waiting for others.</param>
    public async ValueTask<ZipRegion> ReserveAsync(
        byte[] name, ZipRecord record, ZipAttributes? attributes, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfFaulty();
            var header = new byte[record.HeaderBytes];
            var length = record.End - record.Offset;

            // What failed is fetched again, under the same name with the same size.
            var hole = _holes.FindIndex(hole => hole.End - hole.Offset == length);
            record = record with { Offset = hole < 0 ? _end : _holes[hole].Offset };
            LocalHeader.Write(header, record with { Method = LocalHeader.Unfinished }, name);
            if (hole < 0)
            {
                await ExtendAsync(header, cancellationToken).ConfigureAwait(false);
                _end = record.End;
            }
            else
            {
                await Writer.WriteAsync(_file.Handle, header, record.Offset, cancellationToken).ConfigureAwait(false);
                _holes.RemoveAt(hole);
            }

            return new ZipRegion(this, EntryHash.Of(name), record, attributes);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Removes the entry of a name, if an earlier run wrote one: its bytes will not be in the zip.</summary>
    public async ValueTask RemoveResumedAsync(string name, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfFaulty();
            var key = EntryHash.Of(name);
            if (_entries.TryGet(key, out var record) && record.IsResumed)
            {
                await DropAsync(key, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Closes the holes, lists the entries in the order of their names, and gives the zip its name.</summary>
    /// <param name="comment">The comment of the zip.</param>
    /// <param name="flush">Whether it is made durable.</param>
    /// <param name="beforeRename">Called when the zip is whole.</param>
    /// <param name="cancellationToken">Ends the writing; what is there stays for a later run.</param>
    public async ValueTask CommitAsync(string comment, bool flush, Action? beforeRename, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfFaulty();
            _fault = new ObjectDisposedException(nameof(UnfinishedZip));
            _end = await ZipCompaction.CloseHolesAsync(_file.Handle, Writer, _entries, _holes, _end, cancellationToken).ConfigureAwait(false);
            var length = await ZipEnding.WriteAsync(_file.Handle, Writer, ReadNames(), _entries, _attributes, _end, comment, cancellationToken).ConfigureAwait(false);
            Writer.SetLength(_file.Handle, length);
            beforeRename?.Invoke();
            await _file.CommitAsync(flush, overwrite: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Closes the file. Unless it has its name it stays for a later run, or is deleted if there is nothing in it.</summary>
    public void Dispose()
    {
        if (_entries.Count > 0)
        {
            _file.Leave();
        }

        _file.Dispose();
        _gate.Dispose();
    }

    /// <summary>Closes the file and leaves it as it is.</summary>
    public void Leave()
    {
        _file.Leave();
        Dispose();
    }

    internal ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long offset, CancellationToken cancellationToken) =>
        Writer.WriteAsync(_file.Handle, bytes, offset, cancellationToken);

    internal async ValueTask<int> ReadAsync(Memory<byte> bytes, long offset, CancellationToken cancellationToken) =>
        await RandomAccess.ReadAsync(_file.Handle, bytes, offset, cancellationToken).ConfigureAwait(false);

    internal async ValueTask FinishAsync(UInt128 name, ZipRecord record, ZipAttributes? attributes, CancellationToken cancellationToken)
    {
        Writer.ThrowIfGone(_file.PartialPath);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfFaulty();
            await DropAsync(name, cancellationToken).ConfigureAwait(false);
            await WriteResultAsync(record, record.Method, cancellationToken).ConfigureAwait(false);
            _entries.Set(name, record);
            if (attributes is not null)
            {
                _attributes[name] = attributes;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    // What failed before must pass, so this neither waits for a token nor throws: a file that cannot be cut off takes no more entries.
    internal async ValueTask AbandonAsync(ZipRecord record)
    {
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            _holes.Add((record.Offset, record.End));
            TryCutOff();
        }
        finally
        {
            _gate.Release();
        }
    }

    private static ZipRecord? Known(UInt128 name, in ZipRecord record, StudyReceipts receipts) =>
        record.Method != LocalHeader.Unfinished && receipts.Find(name) is { IsTrusted: true } receipt
            && receipt.SizeBytes == record.SizeBytes && receipt.Crc32 == record.Crc32
            ? record with { Crc32c = receipt.Crc32c, IsResumed = true }
            : null;

    // An entry that is replaced is none any more before the new one is: after a crash in between neither is there, and it is fetched again.
    private async ValueTask DropAsync(UInt128 name, CancellationToken cancellationToken)
    {
        if (_entries.TryGet(name, out var record))
        {
            await WriteResultAsync(record, LocalHeader.Unfinished, cancellationToken).ConfigureAwait(false);
            _entries.Remove(name, out _);
            _attributes.Remove(name);
            _holes.Add((record.Offset, record.End));
            TryCutOff();
            ThrowIfFaulty();
        }
    }

    private async ValueTask WriteResultAsync(ZipRecord record, ushort method, CancellationToken cancellationToken)
    {
        var result = new byte[LocalHeader.ResultBytes];
        LocalHeader.WriteResult(result, method, record.Time, record.Crc32);
        await Writer.WriteAsync(_file.Handle, result, record.Offset + LocalHeader.ResultOffset, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ExtendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await Writer.WriteAsync(_file.Handle, bytes, _end, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            TryCutOff();
            throw;
        }
    }

    // Bytes behind the last region could pass for a header when a shorter one is written over them.
    private void TryCutOff()
    {
        DropLastHoles();
        try
        {
            if (RandomAccess.GetLength(_file.Handle) > _end)
            {
                Writer.SetLength(_file.Handle, _end);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DestinationException)
        {
            _fault = e;
        }
    }

    private void DropLastHoles()
    {
        for (int last; (last = _holes.FindIndex(hole => hole.End == _end)) >= 0;)
        {
            _end = _holes[last].Offset;
            _holes.RemoveAt(last);
        }
    }

    private byte[][] ReadNames()
    {
        var names = new byte[_entries.Count][];
        var count = 0;
        foreach (var (_, record) in _entries.All)
        {
            var zip64 = LocalHeader.NeedsZip64(record.SizeBytes, record.StoredBytes) ? LocalHeader.Zip64Bytes : 0;
            var name = new byte[record.HeaderBytes - LocalHeader.FixedBytes - zip64];
            if (RandomAccess.Read(_file.Handle, name, record.Offset + LocalHeader.FixedBytes) != name.Length)
            {
                throw new EndOfStreamException($"{_file.PartialPath} was cut off while it was written. Run again.");
            }

            names[count++] = name;
        }

        Array.Sort(names, static (one, other) => one.AsSpan().SequenceCompareTo(other));
        return names;
    }

    private void ThrowIfFaulty()
    {
        if (_fault is not null)
        {
            throw new IOException($"{_file.PartialPath} could not be written, and takes no more instances: {_fault.Message}", _fault);
        }
    }

    // The gate is held for one small write as a rule: looking again for a few microseconds is cheaper than changing threads.
    private async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        for (var spin = default(SpinWait); !_gate.Wait(0, cancellationToken); spin.SpinOnce())
        {
            if (spin.NextSpinWillYield)
            {
                await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
        }
    }

    private T Locked<T>(Func<T> read)
    {
        _gate.Wait();
        try
        {
            return read();
        }
        finally
        {
            _gate.Release();
        }
    }
}
