using System.Buffers.Binary;
using System.Text;

namespace CodRetrieve.Dimse.Tests.Support;

/// <summary>Part 10 files.</summary>
internal static class PartTen
{
    public const string CtImageStorage = "1.2.840.10008.5.1.4.1.1.2";
    public const string MrImageStorage = "1.2.840.10008.5.1.4.1.1.4";
    public const string ExplicitLittleEndian = "1.2.840.10008.1.2.1";
    public const string JpegLs = "1.2.840.10008.1.2.4.80";

    public static byte[] File(string sopInstance = "1.2.3.4.5.6", int pixelBytes = 1000, string sopClass = CtImageStorage, string transferSyntax = ExplicitLittleEndian) =>
        [.. Head(sopClass, sopInstance, transferSyntax), .. DataSet(sopClass, sopInstance, pixelBytes)];

    /// <summary>Preamble and meta information.</summary>
    public static byte[] Head(string sopClass = CtImageStorage, string sopInstance = "1.2.3.4.5.6", string transferSyntax = ExplicitLittleEndian)
    {
        byte[] meta = [
            .. Element(0x0002_0001, "OB", [0, 1]), .. Element(0x0002_0002, "UI", Uid(sopClass)), .. Element(0x0002_0003, "UI", Uid(sopInstance)),
            .. Element(0x0002_0010, "UI", Uid(transferSyntax)), .. Element(0x0002_0012, "UI", Uid("1.2.3.4"))];
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)meta.Length);
        return [.. new byte[128], .. "DICM"u8, .. Element(0x0002_0000, "UL", length), .. meta];
    }

    public static byte[] DataSet(string sopClass, string sopInstance, int pixelBytes)
    {
        var pixels = new byte[pixelBytes];
        new Random(pixelBytes).NextBytes(pixels);
        return [
            .. Element(0x0008_0016, "UI", Uid(sopClass)), .. Element(0x0008_0018, "UI", Uid(sopInstance)), .. Element(0x0010_0010, "PN", "A^B "u8),
            .. Element(0x0010_0020, "LO", "ID"u8), .. Element(0x0020_000D, "UI", Uid("1.2.3")), .. Element(0x0020_000E, "UI", Uid("1.2.3.4")), .. Element(0x7FE0_0010, "OW", pixels)];
    }

    public static byte[] Element(uint tag, string vr, ReadOnlySpan<byte> value)
    {
        var isLong = vr is "OB" or "OW" or "UN";
        var head = new byte[isLong ? 12 : 8];
        BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(2), (ushort)tag);
        Encoding.ASCII.GetBytes(vr).CopyTo(head, 4);
        if (isLong)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), (uint)value.Length);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(6), (ushort)value.Length);
        }

        return [.. head, .. value];
    }

    /// <summary>The value of an element with VR UI in explicit VR little endian; <see langword="null"/> where there is none.</summary>
    public static string? Uid(ReadOnlySpan<byte> dataSet, uint tag)
    {
        byte[] head = [(byte)(tag >> 16), (byte)(tag >> 24), (byte)tag, (byte)(tag >> 8), (byte)'U', (byte)'I'];
        var at = dataSet.IndexOf(head);
        return at < 0 ? null : Encoding.ASCII.GetString(dataSet.Slice(at + 8, BinaryPrimitives.ReadUInt16LittleEndian(dataSet[(at + 6)..]))).TrimEnd('\0');
    }

    private static byte[] Uid(string uid) => Encoding.ASCII.GetBytes(uid.Length % 2 == 0 ? uid : uid + '\0');
}
