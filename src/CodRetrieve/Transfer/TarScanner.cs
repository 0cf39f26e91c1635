using System.Buffers.Text;
using System.Text;

namespace CodRetrieve.Transfer;

/// <summary>
/// Scans a tar sequentially from entry to entry, for series whose offsets are missing or wrong. Where no header stands it goes on
/// block by block, so that entries behind a gap of zero blocks are found too; data of entries that nobody wants is skipped.
/// </summary>
/// <remarks>
/// Names only choose among the instances that are wanted; none becomes a path. Extended headers are read up to a bound. For one caller.
/// </remarks>
internal sealed class TarScanner(TarCursor cursor, long tarSizeBytes)
{
    private const int MaxExtendedBytes = 64 * 1024;

    private readonly byte[] _block = new byte[TarHeader.BlockBytes];
    private long _next = cursor.Offset;
    private string? _name;
    private long? _size;

    /// <summary>Moves to the next regular file's data.</summary>
    /// <returns>The entry's name and size, with the cursor at its first byte; <see langword="null"/> at the tar's end.</returns>
    public async ValueTask<(string Name, long Size)?> NextAsync(CancellationToken cancellationToken)
    {
        while (_next + TarHeader.BlockBytes <= tarSizeBytes)
        {
            await cursor.MoveToAsync(_next, cancellationToken).ConfigureAwait(false);
            await ReadAsync(_block, cancellationToken).ConfigureAwait(false);
            _next += TarHeader.BlockBytes;
            if (!TarHeader.TryParse(_block, out var header) || header.Size > tarSizeBytes - _next)
            {
                Forget();
                continue;
            }

            var data = _next;
            if (header.Type is TarHeader.Extended or TarHeader.GnuLongName)
            {
                await ReadExtendedAsync(header, cancellationToken).ConfigureAwait(false);
                _next = EndOf(data, header.Size);
                continue;
            }

            var (name, size) = (_name ?? header.Name, header.HasData ? _size ?? header.Size : 0);
            Forget();
            if (size > tarSizeBytes - data)
            {
                continue;
            }

            _next = EndOf(data, size);
            if (header.IsFile)
            {
                return (TarHeader.PlainName(name), size);
            }
        }

        return null;
    }

    private static long EndOf(long data, long size) => data + ((size + TarHeader.BlockBytes - 1) / TarHeader.BlockBytes * TarHeader.BlockBytes);

    private void Forget()
    {
        _name = null;
        _size = null;
    }

    private async ValueTask ReadExtendedAsync(TarHeader header, CancellationToken cancellationToken)
    {
        if (header.Size > MaxExtendedBytes)
        {
            return;
        }

        var body = new byte[header.Size];
        await ReadAsync(body, cancellationToken).ConfigureAwait(false);
        if (header.Type == TarHeader.GnuLongName)
        {
            _name = Encoding.UTF8.GetString(body).TrimEnd('\0');
        }
        else
        {
            ReadRecords(body);
        }
    }

    // Records are "length key=value\n", the length counting all of the record (POSIX.1-2017, pax, "pax Extended Header").
    private void ReadRecords(ReadOnlySpan<byte> records)
    {
        while (Utf8Parser.TryParse(records, out int length, out var digits) && length > digits + 1 && length <= records.Length
            && records[length - 1] == '\n')
        {
            var record = records[(digits + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals > 0 && record[..equals].SequenceEqual("path"u8))
            {
                _name = Encoding.UTF8.GetString(record[(equals + 1)..]);
            }
            else if (equals > 0 && record[..equals].SequenceEqual("size"u8)
                && Utf8Parser.TryParse(record[(equals + 1)..], out long size, out var used) && used == record.Length - equals - 1 && size >= 0)
            {
                _size = size;
            }

            records = records[length..];
        }
    }

    private async ValueTask ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (!destination.IsEmpty)
        {
            var count = await cursor.ReadAsync(destination, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw new CodFormatException("The tar ended in the middle of a header.");
            }

            destination = destination[count..];
        }
    }
}
