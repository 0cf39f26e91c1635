using System.Buffers.Binary;
using System.Text;

namespace CodRetrieve.Dicom;

/// <summary>
/// What the beginning of an instance's file (PS3.10, 7.1) says of it. A store may list hashed UIDs, and a receiver knows those of the data set; Media Storage SOP Instance UID
/// (0002,0003) is another one in files that were changed carelessly.
/// </summary>
internal readonly record struct PartTenHeader(string? SopInstanceUid, string? TransferSyntaxUid)
{
    /// <summary>As many bytes as hold the file meta information of any ordinary file, and the first elements behind it.</summary>
    public const int PrefixBytes = 16 * 1024;

    private const string ImplicitLittleEndian = "1.2.840.10008.1.2";
    private const string ExplicitBigEndian = "1.2.840.10008.1.2.2";
    private const uint SopInstanceUidTag = 0x0008_0018;
    private const int Start = 132;

    private static readonly string[] LongVrs = ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"];

    public static PartTenHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Start || !bytes[128..Start].SequenceEqual("DICM"u8))
        {
            return default;
        }

        // Group 2 is always in explicit VR little endian.
        string? mediaStorage = null, syntax = null;
        var rest = bytes[Start..];
        while (TryRead(rest, isImplicit: false, isBigEndian: false, out var tag, out var value, out var length) && tag >> 16 == 2)
        {
            mediaStorage = tag == 0x0002_0003 ? Uid(value) : mediaStorage;
            syntax = tag == 0x0002_0010 ? Uid(value) : syntax;
            rest = rest[length..];
        }

        return new(FindSopInstanceUid(rest, syntax) ?? mediaStorage, syntax);
    }

    /// <summary>The SOP Instance UID (0008,0018) in the first bytes of a data set; <see langword="null"/> where it is not in them, or they cannot be read.</summary>
    public static string? FindSopInstanceUid(ReadOnlySpan<byte> dataSet, string? transferSyntaxUid)
    {
        var rest = dataSet;
        while (TryRead(rest, transferSyntaxUid == ImplicitLittleEndian, transferSyntaxUid == ExplicitBigEndian, out var tag, out var value, out var length) && tag <= SopInstanceUidTag)
        {
            if (tag == SopInstanceUidTag)
            {
                return Uid(value);
            }

            rest = rest[length..];
        }

        return null;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, bool isImplicit, bool isBigEndian, out uint tag, out ReadOnlySpan<byte> value, out int length)
    {
        tag = 0;
        value = default;
        length = 0;
        if (bytes.Length < 8)
        {
            return false;
        }

        tag = ((uint)Number(bytes, isBigEndian) << 16) | Number(bytes[2..], isBigEndian);
        var isLong = !isImplicit && LongVrs.Contains(Encoding.ASCII.GetString(bytes.Slice(4, 2)), StringComparer.Ordinal);
        var header = isLong ? 12 : 8;
        if (bytes.Length < header)
        {
            return false;
        }

        // An undefined length is longer than anything here: reading ends.
        long size = isLong ? LongNumber(bytes[8..], isBigEndian) : isImplicit ? LongNumber(bytes[4..], isBigEndian) : Number(bytes[6..], isBigEndian);
        if (size > bytes.Length - header)
        {
            return false;
        }

        value = bytes.Slice(header, (int)size);
        length = header + (int)size;
        return true;
    }

    private static ushort Number(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint LongNumber(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    // What is no UID must not get into a URL or a message.
    private static string? Uid(ReadOnlySpan<byte> value)
    {
        var uid = Encoding.ASCII.GetString(value.TrimEnd((byte)0).TrimEnd((byte)' '));
        return DicomUid.IsUid(uid) ? uid : null;
    }
}
