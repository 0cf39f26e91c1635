using System.Buffers.Binary;
using System.Text;
using CodRetrieve.Dicom;

namespace CodRetrieve.Tests.Dicom;

public sealed class DataSetUidsTests
{
    private const string ImplicitLittleEndian = "1.2.840.10008.1.2";
    private const string ExplicitLittleEndian = "1.2.840.10008.1.2.1";
    private const string ExplicitBigEndian = "1.2.840.10008.1.2.2";

    private static readonly DataSetUids All = new("1.4", "1.3", "1.2", "1.5");

    [Theory]
    [InlineData(ImplicitLittleEndian)]
    [InlineData(ExplicitLittleEndian)]
    [InlineData(ExplicitBigEndian)]
    public void They_are_found_behind_sequences_of_any_length_and_private_elements(string syntax)
    {
        var dataSet = DataSet(syntax);

        Assert.Equal(All, DataSetUids.Find(dataSet, syntax));
        for (var length = 0; length < dataSet.Length; length++)
        {
            var found = DataSetUids.Find(dataSet.AsSpan(0, length), syntax);
            Assert.Contains(found.SopInstance, new[] { null, "1.3" });
            Assert.Contains(found.Series, new[] { null, "1.5" });
        }
    }

    [Fact]
    public void Whatever_is_changed_they_are_UIDs_or_nothing()
    {
        var random = new Random(1);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = DataSet(i % 2 == 0 ? ExplicitLittleEndian : ImplicitLittleEndian);
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var found = DataSetUids.Find(bytes, i % 2 == 0 ? ExplicitLittleEndian : ImplicitLittleEndian);
            Assert.All($"{found.SopClass}{found.SopInstance}{found.Study}{found.Series}", static c => Assert.True(char.IsAsciiDigit(c) || c == '.'));
        }
    }

    [Fact]
    public void Depth_without_end_is_given_up()
    {
        byte[] deep = [.. Enumerable.Range(0, 50_000).SelectMany(static i => (byte[])[0x08, 0, 0x15, 0x11, 0xFF, 0xFF, 0xFF, 0xFF])];

        Assert.Equal(default, DataSetUids.Find(deep, ImplicitLittleEndian));
    }

    private static byte[] DataSet(string syntax)
    {
        var (isImplicit, isBigEndian) = (syntax == ImplicitLittleEndian, syntax == ExplicitBigEndian);
        byte[] item = [.. Head(0xFFFE_E000, "", uint.MaxValue), .. Element(0x0008_0018, "UI", "9.9"), .. Head(0xFFFE_E00D, "", 0)];
        byte[] unknown = isImplicit || isBigEndian ? [] : [.. Head(0x0011_1001, "UN", uint.MaxValue), .. Implicit([.. "a"u8]), .. Head(0xFFFE_E0DD, "", 0)];
        return [
            .. Element(0x0008_0005, "CS", "ISO_IR 100"), .. Element(0x0008_0016, "UI", "1.4"), .. Element(0x0008_0018, "UI", "1.3"),
            .. Head(0x0008_1115, "SQ", uint.MaxValue), .. item, .. item, .. Head(0xFFFE_E0DD, "", 0),
            .. Head(0x0008_1140, "SQ", (uint)item.Length), .. item, .. Element(0x0009_0010, "LO", "PRIVATE"), .. unknown,
            .. Element(0x0020_000D, "UI", "1.2"), .. Element(0x0020_000E, "UI", "1.5"), .. Element(0x0020_0010, "SH", "1")];

        byte[] Element(uint tag, string vr, string value) => [.. Head(tag, vr, (uint)(value.Length + (value.Length % 2))), .. Encoding.ASCII.GetBytes(value), .. new byte[value.Length % 2]];

        byte[] Head(uint tag, string vr, uint length)
        {
            var head = new byte[isImplicit || vr.Length == 0 || vr is not ("SQ" or "UN") ? 8 : 12];
            Number16(head, (ushort)(tag >> 16));
            Number16(head.AsSpan(2), (ushort)tag);
            if (isImplicit || vr.Length == 0)
            {
                Number32(head.AsSpan(4), length);
            }
            else
            {
                Encoding.ASCII.GetBytes(vr).CopyTo(head, 4);
                if (head.Length == 12)
                {
                    Number32(head.AsSpan(8), length);
                }
                else
                {
                    Number16(head.AsSpan(6), (ushort)length);
                }
            }

            return head;
        }

        // An item whose one element is in implicit VR little endian, as within UN.
        static byte[] Implicit(byte[] value) => [0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF, 0x11, 0, 2, 0x10, (byte)(value.Length + 1), 0, 0, 0, .. value, 0x20, 0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0];

        void Number16(Span<byte> into, ushort value)
        {
            if (isBigEndian)
            {
                BinaryPrimitives.WriteUInt16BigEndian(into, value);
            }
            else
            {
                BinaryPrimitives.WriteUInt16LittleEndian(into, value);
            }
        }

        void Number32(Span<byte> into, uint value)
        {
            if (isBigEndian)
            {
                BinaryPrimitives.WriteUInt32BigEndian(into, value);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(into, value);
            }
        }
    }
}
