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
        while (TryRead(rest, out var tag, out var value, out var length) && tag >> 16 == 2)
        {
            mediaStorage = tag == 0x0002_0003 ? Uid(value) : mediaStorage;
            syntax = tag == 0x0002_0010 ? Uid(value) : syntax;
            rest = rest[length..];
        }

        return new(DataSetUids.Find(rest, syntax).SopInstance ?? mediaStorage, syntax);
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, out uint tag, out ReadOnlySpan<byte> value, out int length)
    {
        tag = 0;
        value = default;
        length = 0;
        if (bytes.Length < 8)
        {
            return false;
        }

        tag = ((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        var isLong = LongVrs.Contains(Encoding.ASCII.GetString(bytes.Slice(4, 2)), StringComparer.Ordinal);
        var header = isLong ? 12 : 8;
        if (bytes.Length < header)
        {
            return false;
        }

        // An undefined length is longer than anything here: reading ends.
        long size = isLong ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        if (size > bytes.Length - header)
        {
            return false;
        }

        value = bytes.Slice(header, (int)size);
        length = header + (int)size;
        return true;
    }

    // What is no UID must not get into a URL or a message.
    private static string? Uid(ReadOnlySpan<byte> value)
    {
        var uid = Encoding.ASCII.GetString(value.TrimEnd((byte)0).TrimEnd((byte)' '));
        return DicomUid.IsUid(uid) ? uid : null;
    }
}
