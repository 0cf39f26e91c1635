using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace CodRetrieve.Saving;

/// <summary>
/// The header before the content of an entry (APPNOTE.TXT 6.3.10, sections 4.3.7 and 4.5.3), always with the sizes and never with a data
/// descriptor behind: so a reader of a stream, and a run that resumes a zip, can follow the entries one by one.
/// </summary>
internal static class LocalHeader
{
    public const int FixedBytes = 30;

    /// <summary>The content is as it is.</summary>
    public const ushort Stored = 0;

    /// <summary>The content is compressed as RFC 1951 says.</summary>
    public const ushort Deflated = 8;

    /// <summary>The content is not whole: no entry of a finished zip has this method.</summary>
    public const ushort Unfinished = 0xFFFF;

    /// <summary>Bit 11 of the flags: the name is UTF-8.</summary>
    public const ushort Utf8Flag = 0x800;

    /// <summary>1 January 1980, the earliest time that a zip can hold: when an instance was fetched says nothing.</summary>
    public const uint NoTime = 0x0021_0000;

    private const int FirstYear = 1980;
    private const int LastYear = FirstYear + 127;

    /// <summary>The largest size or offset of a plain header is one less: this value says that Zip64 has it.</summary>
    public const uint InZip64 = uint.MaxValue;

    public const ushort Zip64Id = 1;
    public const int Zip64Bytes = 20;

    /// <summary>Where the method is in the header, and behind it the time and the CRC-32: what is not known at first.</summary>
    public const int ResultOffset = 8;

    public const int ResultBytes = 10;

    public const ushort PlainVersion = 20;
    public const ushort Zip64Version = 45;

    public static ReadOnlySpan<byte> Signature => "PK\u0003\u0004"u8;

    public static bool NeedsZip64(long sizeBytes, long storedBytes) => sizeBytes >= InZip64 || storedBytes >= InZip64;

    /// <summary>The bytes that a header takes.</summary>
    public static int BytesOf(int nameBytes, long sizeBytes, long storedBytes) =>
        FixedBytes + nameBytes + (NeedsZip64(sizeBytes, storedBytes) ? Zip64Bytes : 0);

    /// <summary>Writes a header.</summary>
    /// <param name="target">Receives <see cref="ZipRecord.HeaderBytes"/>.</param>
    /// <param name="record">What it says.</param>
    /// <param name="name">The entry's name in UTF-8.</param>
    public static void Write(Span<byte> target, in ZipRecord record, ReadOnlySpan<byte> name)
    {
        var isZip64 = NeedsZip64(record.SizeBytes, record.StoredBytes);
        Signature.CopyTo(target);
        BinaryPrimitives.WriteUInt16LittleEndian(target[4..], isZip64 ? Zip64Version : PlainVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], FlagsOf(name));
        WriteResult(target[ResultOffset..], record.Method, record.Time, record.Crc32);
        BinaryPrimitives.WriteUInt32LittleEndian(target[18..], isZip64 ? InZip64 : (uint)record.StoredBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(target[22..], isZip64 ? InZip64 : (uint)record.SizeBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(target[26..], (ushort)name.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(target[28..], (ushort)(isZip64 ? Zip64Bytes : 0));
        name.CopyTo(target[FixedBytes..]);
        if (isZip64)
        {
            var extra = target[(FixedBytes + name.Length)..];
            BinaryPrimitives.WriteUInt16LittleEndian(extra, Zip64Id);
            BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], Zip64Bytes - 4);
            BinaryPrimitives.WriteInt64LittleEndian(extra[4..], record.SizeBytes);
            BinaryPrimitives.WriteInt64LittleEndian(extra[12..], record.StoredBytes);
        }
    }

    /// <summary>A time in the form of MS-DOS: two seconds exact, without a zone, from 1980 to 2107.</summary>
    public static uint TimeOf(DateTime time) => time.Year is < FirstYear or > LastYear ? NoTime
        : ((uint)(time.Year - FirstYear) << 25) | ((uint)time.Month << 21) | ((uint)time.Day << 16)
            | ((uint)time.Hour << 11) | ((uint)time.Minute << 5) | ((uint)time.Second >> 1);

    /// <summary>Writes what is known last of an entry.</summary>
    public static void WriteResult(Span<byte> target, ushort method, uint time, uint crc32)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target, method);
        BinaryPrimitives.WriteUInt32LittleEndian(target[2..], time);
        BinaryPrimitives.WriteUInt32LittleEndian(target[6..], crc32);
    }

    /// <summary>Reads a header that <see cref="Write"/> wrote; anything else is none.</summary>
    /// <param name="header">The fixed part, and as much behind it as there is.</param>
    /// <param name="offset">Where the header begins.</param>
    /// <param name="headerBytes">The bytes of the whole header, which may be more than were given; 0 if there is none.</param>
    /// <param name="record">What it says.</param>
    /// <returns>Whether the whole header was given, and is one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> header, long offset, out int headerBytes, out ZipRecord record)
    {
        (headerBytes, record) = (0, default);
        if (header.Length < FixedBytes || !header.StartsWith(Signature))
        {
            return false;
        }

        var nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        var extraBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        headerBytes = FixedBytes + nameBytes + extraBytes;
        if (header.Length < headerBytes)
        {
            return false;
        }

        long stored = BinaryPrimitives.ReadUInt32LittleEndian(header[18..]);
        long size = BinaryPrimitives.ReadUInt32LittleEndian(header[22..]);
        if (extraBytes == Zip64Bytes)
        {
            var extra = header[(FixedBytes + nameBytes)..];
            size = BinaryPrimitives.ReadInt64LittleEndian(extra[4..]);
            stored = BinaryPrimitives.ReadInt64LittleEndian(extra[12..]);
        }

        record = new ZipRecord(
            offset,
            headerBytes,
            stored,
            size,
            BinaryPrimitives.ReadUInt16LittleEndian(header[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[10..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[14..]),
            null);
        var name = header.Slice(FixedBytes, nameBytes);
        return nameBytes > 0 && size >= 0 && stored >= 0 && headerBytes == BytesOf(nameBytes, size, stored)
            && Utf8.IsValid(name) && BinaryPrimitives.ReadUInt16LittleEndian(header[6..]) == FlagsOf(name)
            && (record.Method == Stored ? size == stored : record.Method is Deflated or Unfinished);
    }

    public static ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> header) =>
        header.Slice(FixedBytes, BinaryPrimitives.ReadUInt16LittleEndian(header[26..]));

    public static ushort FlagsOf(ReadOnlySpan<byte> name) => Ascii.IsValid(name) ? (ushort)0 : Utf8Flag;
}
