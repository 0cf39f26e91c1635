using System.Buffers.Binary;
using System.Text;

namespace CodRetrieve.Dimse;

/// <summary>Writes an A-ASSOCIATE-RQ (DICOM PS3.8, section 9.3.2).</summary>
internal static class AssociateRequest
{
    /// <summary>The one application context (DICOM PS3.7, annex A.2.1).</summary>
    public const string ApplicationContext = "1.2.840.10008.3.1.1.1";

    // Names the implementation to the peer (DICOM PS3.7, annex D.3.3.2).
    private const string ImplementationClassUid = "2.25.186404418273512996730245117735210934017";
    private const string ImplementationVersion = "CODRETRIEVE";
    private const int AeTitleBytes = 16;

    public static byte[] Write(DimseAddress address, IReadOnlyList<PresentationContext> contexts)
    {
        var pdu = new MemoryStream();
        pdu.Write([(byte)PduType.AssociateRequest, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
        pdu.Write(Encoding.ASCII.GetBytes(address.CalledAeTitle.PadRight(AeTitleBytes)));
        pdu.Write(Encoding.ASCII.GetBytes(address.CallingAeTitle.PadRight(AeTitleBytes)));
        pdu.Write(new byte[32]);
        PduItem.Write(pdu, PduItem.ApplicationContext, Encoding.ASCII.GetBytes(ApplicationContext));
        for (var i = 0; i < contexts.Count; i++)
        {
            var context = new MemoryStream();
            context.Write([IdAt(i), 0, 0, 0]);
            PduItem.Write(context, PduItem.AbstractSyntax, Encoding.ASCII.GetBytes(contexts[i].AbstractSyntax));
            PduItem.Write(context, PduItem.TransferSyntax, Encoding.ASCII.GetBytes(contexts[i].TransferSyntax));
            PduItem.Write(pdu, PduItem.ProposedContext, context.ToArray());
        }

        PduItem.Write(pdu, PduItem.UserInformation, UserInformation());
        var bytes = pdu.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), (uint)bytes.Length - 6);
        return bytes;
    }

    /// <summary>What both sides say of themselves (DICOM PS3.7, annex D.3.3).</summary>
    public static byte[] UserInformation(params ReadOnlySpan<byte[]> roles)
    {
        var user = new MemoryStream();
        var length = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(length, PduReader.AnnouncedLength);
        PduItem.Write(user, PduItem.MaximumLength, length);
        PduItem.Write(user, PduItem.ImplementationClassUid, Encoding.ASCII.GetBytes(ImplementationClassUid));
        foreach (var role in roles)
        {
            PduItem.Write(user, PduItem.RoleSelection, role);
        }

        PduItem.Write(user, PduItem.ImplementationVersion, Encoding.ASCII.GetBytes(ImplementationVersion));
        return user.ToArray();
    }

    /// <summary>The identifier of the context at a place in the list.</summary>
    public static byte IdAt(int index) => checked((byte)((2 * index) + 1));
}
