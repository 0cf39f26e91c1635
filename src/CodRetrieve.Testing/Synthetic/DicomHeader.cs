using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace CodRetrieve.Testing;

/// <summary>A Part 10 file up to its pixel bytes: preamble, file meta, and an explicit little endian data set in ascending
/// order.</summary>
internal static class DicomHeader
{
    private const int PreambleLength = 128;
    private const int MetaStart = PreambleLength + 4 + 12;

    /// <summary>The length of the data set trailing padding element (FFFC,FFFC) without its value.</summary>
    public const int PaddingHeaderLength = 12;

    public static byte[] Write(DicomTags tags, DicomShape shape)
    {
        var file = new MemoryStream();
        file.Write(new byte[PreambleLength]);
        file.Write("DICM"u8);
        Number(file, 0x0002_0000, "UL", 0, sizeof(uint));
        Element(file, 0x0002_0001, "OB", [0, 1]);
        Text(file, 0x0002_0002, "UI", tags.SopClassUid);
        Text(file, 0x0002_0003, "UI", tags.SopInstanceUid);
        Text(file, 0x0002_0010, "UI", DicomTags.TransferSyntaxUid);
        Text(file, 0x0002_0012, "UI", DicomTags.ImplementationClassUid);
        var metaLength = (uint)(file.Length - MetaStart);

        Text(file, 0x0008_0016, "UI", tags.SopClassUid);
        Text(file, 0x0008_0018, "UI", tags.SopInstanceUid);
        Text(file, 0x0008_0060, "CS", tags.Modality);
        Text(file, 0x0008_103E, "LO", tags.Description);
        Text(file, 0x0010_0010, "PN", DicomTags.PatientName);
        Text(file, 0x0010_0020, "LO", DicomTags.PatientId);
        Text(file, 0x0020_000D, "UI", tags.StudyInstanceUid);
        Text(file, 0x0020_000E, "UI", tags.SeriesInstanceUid);
        Text(file, 0x0020_0011, "IS", tags.SeriesNumber.ToString(CultureInfo.InvariantCulture));
        Text(file, 0x0020_0013, "IS", tags.InstanceNumber.ToString(CultureInfo.InvariantCulture));
        Number(file, 0x0028_0002, "US", 1, sizeof(ushort));
        Text(file, 0x0028_0004, "CS", "MONOCHROME2");
        Number(file, 0x0028_0010, "US", shape.Rows, sizeof(ushort));
        Number(file, 0x0028_0011, "US", shape.Columns, sizeof(ushort));
        Number(file, 0x0028_0100, "US", 16, sizeof(ushort));
        Number(file, 0x0028_0101, "US", 16, sizeof(ushort));
        Number(file, 0x0028_0102, "US", 15, sizeof(ushort));
        Number(file, 0x0028_0103, "US", 0, sizeof(ushort));
        LongElement(file, 0x7FE0_0010, "OW", (uint)shape.PixelBytes);

        var bytes = file.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(MetaStart - sizeof(uint)), metaLength);
        return bytes;
    }

    public static byte[] Padding(uint length)
    {
        var element = new MemoryStream();
        LongElement(element, 0xFFFC_FFFC, "OB", length);
        return element.ToArray();
    }

    private static void Text(Stream file, uint tag, string vr, string value)
    {
        var text = Encoding.ASCII.GetBytes(value);
        var pad = vr == "UI" ? (byte)0 : (byte)' ';
        Element(file, tag, vr, text.Length % 2 == 0 ? text : [.. text, pad]);
    }

    private static void Number(Stream file, uint tag, string vr, uint value, int length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Element(file, tag, vr, bytes[..length]);
    }

    private static void Element(Stream file, uint tag, string vr, ReadOnlySpan<byte> value)
    {
        if (vr == "OB")
        {
            LongElement(file, tag, vr, (uint)value.Length);
        }
        else
        {
            Span<byte> head = stackalloc byte[8];
            WriteTag(head, tag, vr);
            BinaryPrimitives.WriteUInt16LittleEndian(head[6..], (ushort)value.Length);
            file.Write(head);
        }

        file.Write(value);
    }

    /// <summary>The VRs with a 32-bit length (PS3.5, section 7.1.2).</summary>
    private static void LongElement(Stream file, uint tag, string vr, uint length)
    {
        Span<byte> head = stackalloc byte[12];
        head.Clear();
        WriteTag(head, tag, vr);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], length);
        file.Write(head);
    }

    private static void WriteTag(Span<byte> head, uint tag, string vr)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(head[2..], (ushort)tag);
        head[4] = (byte)vr[0];
        head[5] = (byte)vr[1];
    }
}
