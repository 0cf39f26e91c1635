using System.Buffers.Binary;
using System.Text;

namespace CodRetrieve.Dimse;

/// <summary>Writes small data sets in Implicit VR Little Endian (DICOM PS3.5, section 7.1.3), element by element in the order of their tags.</summary>
internal sealed class DataSetWriter
{
    private const int CommandLengthBytes = 12;
    private const uint Item = 0xFFFE_E000;

    private readonly MemoryStream _bytes = new();

    public DataSetWriter Text(uint tag, string value) => Element(tag, Encoding.ASCII.GetBytes(value.Length % 2 == 0 ? value : value + ' '));

    public DataSetWriter Uid(uint tag, string uid) => Element(tag, Encoding.ASCII.GetBytes(uid.Length % 2 == 0 ? uid : uid + '\0'));

    public DataSetWriter Number(uint tag, ushort value) => Element(tag, [(byte)value, (byte)(value >> 8)]);

    public DataSetWriter UInt(uint tag, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Element(tag, bytes);
    }

    public DataSetWriter Sequence(uint tag, IEnumerable<DataSetWriter> items)
    {
        var content = new DataSetWriter();
        foreach (var item in items)
        {
            content.Element(Item, item.ToArray());
        }

        return Element(tag, content.ToArray());
    }

    public byte[] ToArray() => _bytes.ToArray();

    /// <summary>The bytes of a command set, whose first element is the length of all others.</summary>
    public byte[] ToCommand()
    {
        var bytes = ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), (uint)bytes.Length - CommandLengthBytes);
        return bytes;
    }

    private DataSetWriter Element(uint tag, ReadOnlySpan<byte> value)
    {
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(head[2..], (ushort)tag);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], (uint)value.Length);
        _bytes.Write(head);
        _bytes.Write(value);
        return this;
    }
}
