using System.Buffers.Binary;
using System.Text;

namespace CodRetrieve.Dimse;

/// <summary>Writes an A-ASSOCIATE-RQ (DICOM PS3.8, section 9.3.2).</summary>
internal static class AssociateRequest
{
    /// <summary>Names the implementation to the peer (DICOM PS3.7, annex D.3.3.2).</summary>
    public const string ImplementationClassUid = "2.25.186404418273512996730245117735210934017";

    private const string ApplicationContext = "1.2.840.10008.3.1.1.1";
    private const string ImplementationVersion = "CODRETRIEVE";
    private const int AeTitleBytes = 16;

    public static byte[] Write(DimseAddress address, IReadOnlyList<PresentationContext> contexts)
    {
        var pdu = new MemoryStream();
        pdu.Write([(byte)PduType.AssociateRequest, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
        pdu.Write(Encoding.ASCII.GetBytes(address.CalledAeTitle.PadRight(AeTitleBytes)));
        pdu.Write(Encoding.ASCII.GetBytes(address.CallingAeTitle.PadRight(AeTitleBytes)));
        pdu.Write(new byte[32]);
        Item(pdu, 0x10, Encoding.ASCII.GetBytes(ApplicationContext));
        for (var i = 0; i < contexts.Count; i++)
        {
            var context = new MemoryStream();
            context.Write([IdAt(i), 0, 0, 0]);
            Item(context, 0x30, Encoding.ASCII.GetBytes(contexts[i].AbstractSyntax));
            Item(context, 0x40, Encoding.ASCII.GetBytes(contexts[i].TransferSyntax));
            Item(pdu, 0x20, context.ToArray());
        }

        var user = new MemoryStream();
        var length = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(length, PduReader.AnnouncedLength);
        Item(user, 0x51, length);
        Item(user, 0x52, Encoding.ASCII.GetBytes(ImplementationClassUid));
        Item(user, 0x55, Encoding.ASCII.GetBytes(ImplementationVersion));
        Item(pdu, 0x50, user.ToArray());

        var bytes = pdu.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), (uint)bytes.Length - 6);
        return bytes;
    }

    /// <summary>The identifier of the context at a place in the list.</summary>
    public static byte IdAt(int index) => checked((byte)((2 * index) + 1));

    private static void Item(MemoryStream into, byte type, ReadOnlySpan<byte> value)
    {
        into.Write([type, 0, (byte)(value.Length >> 8), (byte)value.Length]);
        into.Write(value);
    }
}
