using System.Buffers;
using System.IO.Compression;
using System.Text;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>
/// Puts one entry into an unfinished zip: small content in one write when it is whole, large content of a known size straight into its region, and anything
/// else, whose bytes in the zip are not known before, through a file of its own.
/// </summary>
/// <param name="zip">The zip.</param>
/// <param name="entryName">The name of the entry.</param>
/// <param name="content">Its content: what reading it throws passes unchanged, and leaves no entry.</param>
/// <param name="form">What is known before.</param>
/// <param name="temporary">Creates a file that is deleted when it is disposed.</param>
/// <param name="cancellationToken">Ends the writing.</param>
internal sealed class ZipEntryWriter(
    UnfinishedZip zip, string entryName, Stream content, ZipEntryForm form, Func<WholeFile> temporary, CancellationToken cancellationToken)
{
    /// <summary>The largest entry that is written in one piece, its header included.</summary>
    public const int MaxPieceBytes = 1024 * 1024;

    private const int BlockBytes = InstanceFile.BufferSize;

    private readonly byte[] _name = Encoding.UTF8.GetBytes(entryName);
    private readonly ZipContent _passed = new(form.ExpectedCrc32c is null);
    private Memory<byte> _block;
    private int _count;

    private uint? Crc32c => form.ExpectedCrc32c ?? _passed.Crc32c;

    // A read that does not fill the block has met the end, and everything before it is verified.
    private bool IsAtEnd => _count < _block.Length;

    /// <summary>Writes the entry.</summary>
    /// <returns>The size and the checksums of the content.</returns>
    /// <exception cref="DestinationException">No further entry can be written.</exception>
    public async ValueTask<ZipContent> WriteAsync()
    {
        var space = LocalHeader.FixedBytes + _name.Length;
        var piece = space + (form.SizeBytes ?? long.MaxValue - MaxPieceBytes) + 1;
        var buffer = ArrayPool<byte>.Shared.Rent(space + (piece <= MaxPieceBytes ? (int)piece : BlockBytes));
        try
        {
            _block = buffer.AsMemory(space);
            await ReadBlockAsync().ConfigureAwait(false);
            if (form.Level != CompressionLevel.NoCompression)
            {
                await CompressAsync().ConfigureAwait(false);
            }
            else if (IsAtEnd && form.Attributes is null)
            {
                var record = Record(_count, _count, LocalHeader.Stored) with { Crc32 = _passed.Crc32, Crc32c = Crc32c };
                await zip.AppendAsync(buffer.AsMemory(0, space + _count), _name, record, cancellationToken).ConfigureAwait(false);
            }
            else if (form.SizeBytes is { } size && size >= _count)
            {
                await StoreAsync(size).ConfigureAwait(false);
            }
            else
            {
                using var file = temporary();
                await StoreThroughAsync(file, 0).ConfigureAwait(false);
            }

            return _passed;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask ReadBlockAsync()
    {
        _count = await content.ReadAtLeastAsync(_block, _block.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        _passed.Append(_block.Span[.._count]);
    }

    private async ValueTask StoreAsync(long size)
    {
        var region = await ReserveAsync(size, size, LocalHeader.Stored).ConfigureAwait(false);
        await using var abandoning = region.ConfigureAwait(false);
        for (var position = 0L; ;)
        {
            if (_count > size - position)
            {
                // Longer than its index says, which only content that a decorator changed is.
                using var file = temporary();
                await CopyAsync(region.ReadAsync, Into(file), position).ConfigureAwait(false);
                await StoreThroughAsync(file, position).ConfigureAwait(false);
                return;
            }

            await region.WriteAsync(_block[.._count], position, cancellationToken).ConfigureAwait(false);
            position += _count;
            if (IsAtEnd)
            {
                break;
            }

            await ReadBlockAsync().ConfigureAwait(false);
        }

        if (_passed.SizeBytes == size)
        {
            await region.CommitAsync(_passed.Crc32, Crc32c, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            // Shorter: its region must end where the next one begins.
            await AppendCopyAsync(region.ReadAsync, _passed.SizeBytes, LocalHeader.Stored).ConfigureAwait(false);
        }
    }

    // What was read before the current block is in the file already.
    private async ValueTask StoreThroughAsync(WholeFile file, long position)
    {
        while (true)
        {
            await zip.Writer.WriteAsync(file.Handle, _block[.._count], position, cancellationToken).ConfigureAwait(false);
            position += _count;
            if (IsAtEnd)
            {
                break;
            }

            await ReadBlockAsync().ConfigureAwait(false);
        }

        await AppendCopyAsync(OutOf(file), position, LocalHeader.Stored).ConfigureAwait(false);
    }

    private async ValueTask CompressAsync()
    {
        using var file = temporary();
        var stored = new WriterStream(zip.Writer, file.Handle);
        await using var closing = stored.ConfigureAwait(false);
        var buffered = new BufferedStream(stored, BlockBytes);
        await using var closingBuffer = buffered.ConfigureAwait(false);
        var compressor = new DeflateStream(buffered, form.Level, leaveOpen: true);
        await using (compressor.ConfigureAwait(false))
        {
            await compressor.WriteAsync(_block[.._count], cancellationToken).ConfigureAwait(false);
            while (!IsAtEnd)
            {
                await ReadBlockAsync().ConfigureAwait(false);
                await compressor.WriteAsync(_block[.._count], cancellationToken).ConfigureAwait(false);
            }
        }

        await buffered.FlushAsync(cancellationToken).ConfigureAwait(false);
        await AppendCopyAsync(OutOf(file), stored.Length, LocalHeader.Deflated).ConfigureAwait(false);
    }

    private async ValueTask AppendCopyAsync(Func<Memory<byte>, long, CancellationToken, ValueTask<int>> read, long stored, ushort method)
    {
        var region = await ReserveAsync(_passed.SizeBytes, stored, method).ConfigureAwait(false);
        await using var abandoning = region.ConfigureAwait(false);
        await CopyAsync(read, region.WriteAsync, stored).ConfigureAwait(false);
        await region.CommitAsync(_passed.Crc32, Crc32c, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask CopyAsync(
        Func<Memory<byte>, long, CancellationToken, ValueTask<int>> read,
        Func<ReadOnlyMemory<byte>, long, CancellationToken, ValueTask> write,
        long length)
    {
        // The block may hold what is still to be written.
        using var buffer = MemoryPool<byte>.Shared.Rent(BlockBytes);
        for (var position = 0L; position < length;)
        {
            var wanted = buffer.Memory[..(int)Math.Min(buffer.Memory.Length, length - position)];
            var count = await read(wanted, position, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw new EndOfStreamException("A file of this job was cut off by somebody else while it was written. Run again.");
            }

            await write(wanted[..count], position, cancellationToken).ConfigureAwait(false);
            position += count;
        }
    }

    private ValueTask<ZipRegion> ReserveAsync(long size, long stored, ushort method) =>
        zip.ReserveAsync(_name, Record(size, stored, method), form.Attributes, cancellationToken);

    private ZipRecord Record(long size, long stored, ushort method) =>
        new(0, LocalHeader.BytesOf(_name.Length, size, stored), stored, size, method, form.Time, 0, null);

    private Func<ReadOnlyMemory<byte>, long, CancellationToken, ValueTask> Into(WholeFile file) =>
        (bytes, position, ct) => zip.Writer.WriteAsync(file.Handle, bytes, position, ct);

    private static Func<Memory<byte>, long, CancellationToken, ValueTask<int>> OutOf(WholeFile file) =>
        (bytes, position, ct) => RandomAccess.ReadAsync(file.Handle, bytes, position, ct);
}
