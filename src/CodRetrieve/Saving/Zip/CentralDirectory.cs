using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace CodRetrieve.Saving;

/// <summary>The list of entries at the end of a zip (APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16).</summary>
internal static class CentralDirectory
{
    private const int RecordBytes = 46;
    private const int EndBytes = 22;
    private const int Zip64EndBytes = 56;
    private const int Zip64LocatorBytes = 20;
    private const int MaxPlainEntries = ushort.MaxValue - 1;
    private const int MaxComment = ushort.MaxValue;

    // Attributes are those of Unix where any are given, else those of MS-DOS.
    private const ushort Unix = 3 << 8;

    // A regular file that its owner may write and everybody may read.
    private const uint PlainFile = 0x81A4_0000;

    /// <summary>Writes the record of an entry.</summary>
    public static void WriteRecord(IBufferWriter<byte> target, ReadOnlySpan<byte> name, in ZipRecord record, ZipAttributes? attributes)
    {
        var comment = Encoding.UTF8.GetBytes(attributes?.Comment ?? "").AsSpan();
        comment = comment[..Math.Min(comment.Length, MaxComment)];
        var external = attributes?.External ?? PlainFile;
        Span<long> large = stackalloc long[3];
        var count = 0;
        var size = Plain(record.SizeBytes, large, ref count);
        var stored = Plain(record.StoredBytes, large, ref count);
        var offset = Plain(record.Offset, large, ref count);
        var extraBytes = count == 0 ? 0 : 4 + (count * sizeof(long));
        var bytes = target.GetSpan(RecordBytes + name.Length + extraBytes + comment.Length);
        bytes[..RecordBytes].Clear();
        "PK\u0001\u0002"u8.CopyTo(bytes);
        var version = count == 0 ? LocalHeader.PlainVersion : LocalHeader.Zip64Version;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], (ushort)((external >> 16 != 0 ? Unix : 0) | LocalHeader.Zip64Version));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], (ushort)(LocalHeader.FlagsOf(name) | LocalHeader.FlagsOf(comment)));
        LocalHeader.WriteResult(bytes[10..], record.Method, record.Time, record.Crc32);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], stored);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], size);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[28..], (ushort)name.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[30..], (ushort)extraBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[32..], (ushort)comment.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[38..], external);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[42..], offset);
        name.CopyTo(bytes[RecordBytes..]);
        if (count > 0)
        {
            var extra = bytes[(RecordBytes + name.Length)..];
            BinaryPrimitives.WriteUInt16LittleEndian(extra, LocalHeader.Zip64Id);
            BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], (ushort)(count * sizeof(long)));
            for (var i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(extra[(4 + (i * sizeof(long)))..], large[i]);
            }
        }

        comment.CopyTo(bytes[(RecordBytes + name.Length + extraBytes)..]);
        target.Advance(RecordBytes + name.Length + extraBytes + comment.Length);
    }

    /// <summary>Writes what follows the last record.</summary>
    /// <param name="target">Receives it.</param>
    /// <param name="entries">The number of entries.</param>
    /// <param name="offset">Where the first record is.</param>
    /// <param name="length">The bytes of all records.</param>
    /// <param name="comment">The comment of the zip.</param>
    public static void WriteEnd(IBufferWriter<byte> target, int entries, long offset, long length, string comment)
    {
        if (entries > MaxPlainEntries || offset >= LocalHeader.InZip64 || length >= LocalHeader.InZip64)
        {
            WriteZip64End(target, entries, offset, length);
        }

        var text = Encoding.UTF8.GetBytes(comment).AsSpan();
        text = text[..Math.Min(text.Length, MaxComment)];
        var bytes = target.GetSpan(EndBytes + text.Length);
        bytes[..EndBytes].Clear();
        "PK\u0005\u0006"u8.CopyTo(bytes);
        var plainEntries = (ushort)Math.Min(entries, ushort.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], plainEntries);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[10..], plainEntries);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], (uint)Math.Min(length, LocalHeader.InZip64));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], (uint)Math.Min(offset, LocalHeader.InZip64));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[20..], (ushort)text.Length);
        text.CopyTo(bytes[EndBytes..]);
        target.Advance(EndBytes + text.Length);
    }

    private static void WriteZip64End(IBufferWriter<byte> target, int entries, long offset, long length)
    {
        var bytes = target.GetSpan(Zip64EndBytes + Zip64LocatorBytes);
        bytes[..(Zip64EndBytes + Zip64LocatorBytes)].Clear();
        "PK\u0006\u0006"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[4..], Zip64EndBytes - 12);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[12..], LocalHeader.Zip64Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[14..], LocalHeader.Zip64Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], entries);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], entries);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[48..], offset);
        var locator = bytes[Zip64EndBytes..];
        "PK\u0006\u0007"u8.CopyTo(locator);
        BinaryPrimitives.WriteInt64LittleEndian(locator[8..], offset + length);
        BinaryPrimitives.WriteInt32LittleEndian(locator[16..], 1);
        target.Advance(Zip64EndBytes + Zip64LocatorBytes);
    }

    private static uint Plain(long value, Span<long> large, ref int count)
    {
        if (value < LocalHeader.InZip64)
        {
            return (uint)value;
        }

        large[count++] = value;
        return LocalHeader.InZip64;
    }
}
