using System.Buffers.Binary;
using System.Text;

namespace CodRetrieve.Testing;

/// <summary>An instance that a receiver has.</summary>
internal sealed record StoredInstance(string StudyInstanceUid, string SeriesInstanceUid, string SopClassUid, string SopInstanceUid, byte[] Bytes)
{
    private const int Start = 132;
    private static readonly string[] LongVrs = ["OB", "OW", "OD", "OF", "OL", "OV", "SQ", "UC", "UR", "UT", "UN", "SV", "UV"];

    /// <summary>Reads a file in explicit VR little endian up to its series' UID; null where it is none.</summary>
    public static StoredInstance? Read(byte[] bytes)
    {
        if (bytes.Length < Start || !bytes.AsSpan(128, 4).SequenceEqual("DICM"u8))
        {
            return null;
        }

        var uids = new Dictionary<uint, string>();
        for (var position = Start; position + 12 <= bytes.Length && !uids.ContainsKey(0x0020_000E);)
        {
            var element = bytes.AsSpan(position);
            var tag = ((uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(element[2..]);
            var isLong = LongVrs.Contains(Encoding.ASCII.GetString(element.Slice(4, 2)), StringComparer.Ordinal);
            long length = isLong ? BinaryPrimitives.ReadUInt32LittleEndian(element[8..]) : BinaryPrimitives.ReadUInt16LittleEndian(element[6..]);
            var header = isLong ? 12 : 8;
            if (length > element.Length - header)
            {
                break;
            }

            if (tag is 0x0008_0016 or 0x0008_0018 or 0x0020_000D or 0x0020_000E)
            {
                uids[tag] = Encoding.ASCII.GetString(element.Slice(header, (int)length)).TrimEnd('\0', ' ');
            }

            position += header + (int)length;
        }

        return uids.Count == 4 ? new(uids[0x0020_000D], uids[0x0020_000E], uids[0x0008_0016], uids[0x0008_0018], bytes) : null;
    }
}
