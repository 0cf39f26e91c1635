using System.Buffers.Binary;
using System.Text;

namespace CodRetrieve.Dimse;

/// <summary>Writes command sets, which are always in Implicit VR Little Endian (DICOM PS3.7, section 6.3.1).</summary>
internal static class CommandWriter
{
    private const ushort NoDataSet = 0x0101;
    private const ushort WithDataSet = 0x0001;

    /// <summary>A C-STORE-RQ (DICOM PS3.7, table 9.3-1), of medium priority.</summary>
    public static byte[] Store(ushort messageId, string sopClassUid, string sopInstanceUid)
    {
        var command = Begin(CommandField.StoreRequest, messageId, sopClassUid);
        Element(command, 0x0700, Number(0));
        Element(command, 0x0800, Number(WithDataSet));
        Element(command, 0x1000, Uid(sopInstanceUid));
        return End(command);
    }

    /// <summary>A C-ECHO-RQ (DICOM PS3.7, table 9.3-12).</summary>
    public static byte[] Echo(ushort messageId)
    {
        var command = Begin(CommandField.EchoRequest, messageId, PresentationContext.Verification.AbstractSyntax);
        Element(command, 0x0800, Number(NoDataSet));
        return End(command);
    }

    private static MemoryStream Begin(CommandField field, ushort messageId, string sopClassUid)
    {
        var command = new MemoryStream();
        Element(command, 0x0000, new byte[sizeof(uint)]);
        Element(command, 0x0002, Uid(sopClassUid));
        Element(command, 0x0100, Number((ushort)field));
        Element(command, 0x0110, Number(messageId));
        return command;
    }

    // The first element is the length of all others.
    private static byte[] End(MemoryStream command)
    {
        var bytes = command.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), (uint)bytes.Length - 12);
        return bytes;
    }

    private static void Element(MemoryStream into, ushort element, ReadOnlySpan<byte> value)
    {
        into.Write([0, 0, (byte)element, (byte)(element >> 8), (byte)value.Length, 0, 0, 0]);
        into.Write(value);
    }

    private static byte[] Number(ushort value) => [(byte)value, (byte)(value >> 8)];

    private static byte[] Uid(string uid) => Encoding.ASCII.GetBytes(uid.Length % 2 == 0 ? uid : uid + '\0');
}
