using System.Buffers.Binary;
using System.Text;

namespace CodRetrieve.Dicom;

/// <summary>
/// The UIDs by which a receiver knows an instance, from the first bytes of its data set (DICOM PS3.5, section 7). A store may list hashed ones. Each is <see langword="null"/> where it
/// is not in these bytes, or they cannot be read so far.
/// </summary>
internal readonly record struct DataSetUids(string? SopClass, string? SopInstance, string? Study, string? Series)
{
    private const string ImplicitLittleEndian = "1.2.840.10008.1.2";
    private const string ExplicitBigEndian = "1.2.840.10008.1.2.2";
    private const uint SopClassTag = 0x0008_0016;
    private const uint SopInstanceTag = 0x0008_0018;
    private const uint StudyTag = 0x0020_000D;
    private const uint SeriesTag = 0x0020_000E;
    private const uint ItemTag = 0xFFFE_E000;
    private const uint ItemEndTag = 0xFFFE_E00D;
    private const uint SequenceEndTag = 0xFFFE_E0DD;
    private const uint UndefinedLength = 0xFFFF_FFFF;
    private const int MaxDepth = 32;

    private static readonly string[] LongVrs = ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"];

    public static DataSetUids Find(ReadOnlySpan<byte> dataSet, string? transferSyntaxUid)
    {
        string? sopClass = null, sopInstance = null, study = null, series = null;
        var encoding = (IsImplicit: transferSyntaxUid == ImplicitLittleEndian, IsBigEndian: transferSyntaxUid == ExplicitBigEndian);
        var rest = dataSet;
        while (TryRead(rest, encoding, depth: 0, out var element) && element.Tag <= SeriesTag)
        {
            var value = rest.Slice(element.Header, element.Size - element.Header);
            switch (element.Tag)
            {
                case SopClassTag:
                    sopClass = Uid(value);
                    break;
                case SopInstanceTag:
                    sopInstance = Uid(value);
                    break;
                case StudyTag:
                    study = Uid(value);
                    break;
                case SeriesTag:
                    series = Uid(value);
                    break;
            }

            rest = rest[element.Size..];
        }

        return new(sopClass, sopInstance, study, series);
    }

    // Size is that of header and value, up to the delimiter where the length is undefined.
    private static bool TryRead(ReadOnlySpan<byte> bytes, (bool IsImplicit, bool IsBigEndian) encoding, int depth, out (uint Tag, int Header, int Size) element)
    {
        element = default;
        if (bytes.Length < 8 || depth > MaxDepth)
        {
            return false;
        }

        var tag = ((uint)Number(bytes, encoding.IsBigEndian) << 16) | Number(bytes[2..], encoding.IsBigEndian);
        var hasVr = !encoding.IsImplicit && tag >> 16 != ItemTag >> 16;
        var isLong = hasVr && LongVrs.Contains(Encoding.ASCII.GetString(bytes.Slice(4, 2)), StringComparer.Ordinal);
        var header = isLong ? 12 : 8;
        if (bytes.Length < header)
        {
            return false;
        }

        var length = isLong ? LongNumber(bytes[8..], encoding.IsBigEndian) : hasVr ? Number(bytes[6..], encoding.IsBigEndian) : LongNumber(bytes[4..], encoding.IsBigEndian);
        if (length != UndefinedLength)
        {
            element = (tag, header, header + (int)Math.Min(length, int.MaxValue - header));
            return length <= bytes.Length - header;
        }

        // A sequence of VR UN is in implicit VR little endian (PS3.5, section 6.2.2).
        var isUnknown = isLong && bytes[4] == (byte)'U' && bytes[5] == (byte)'N';
        var inner = isUnknown ? (IsImplicit: true, IsBigEndian: false) : encoding;
        var end = tag == ItemTag ? ItemEndTag : SequenceEndTag;
        for (var position = header; TryRead(bytes[position..], inner, depth + 1, out var next); position += next.Size)
        {
            if (next.Tag == end)
            {
                element = (tag, header, position + next.Size);
                return true;
            }
        }

        return false;
    }

    private static ushort Number(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint LongNumber(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static string? Uid(ReadOnlySpan<byte> value)
    {
        var uid = Encoding.ASCII.GetString(value.TrimEnd((byte)0).TrimEnd((byte)' '));
        return DicomUid.IsUid(uid) ? uid : null;
    }
}
