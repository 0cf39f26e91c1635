using System.Buffers.Binary;
using System.Text;

namespace CodRetrieve.Dimse;

/// <summary>An A-ASSOCIATE-RQ of a peer (DICOM PS3.8, section 9.3.2), and what is accepted of it: C-ECHO, and reports of storage commitment.</summary>
internal sealed class IncomingRequest
{
    private const string Name = "A-ASSOCIATE-RQ";

    // Version, reserved, two AE titles, reserved.
    private const int FixedBytes = 2 + 2 + 16 + 16 + 32;
    private const int ContextHeaderBytes = 4;
    private const byte AbstractSyntaxNotSupported = 3;
    private const byte TransferSyntaxesNotSupported = 4;

    private readonly byte[] _titles;
    private readonly Dictionary<byte, byte> _contexts = [];
    private readonly List<byte[]> _roles = [];

    private IncomingRequest(ReadOnlySpan<byte> titles) => _titles = titles.ToArray();

    /// <summary>The peer's maximum length of the variable field of a P-DATA-TF; 0 for no limit.</summary>
    public uint MaxPduLength { get; private set; } = PduReader.AnnouncedLength;

    /// <exception cref="AssociationException">The bytes are not an A-ASSOCIATE-RQ.</exception>
    public static IncomingRequest Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length < FixedBytes)
        {
            throw AssociationException.Protocol($"an {Name} of {body.Length} bytes");
        }

        var request = new IncomingRequest(body[4..FixedBytes]);
        for (var rest = body[FixedBytes..]; !rest.IsEmpty;)
        {
            var type = rest[0];
            var value = PduItem.Take(ref rest, Name);
            switch (type)
            {
                case PduItem.ProposedContext:
                    request.AddContext(value);
                    break;
                case PduItem.UserInformation:
                    request.AddUserInformation(value);
                    break;
            }
        }

        return request;
    }

    /// <summary>Whether a context was proposed and is accepted.</summary>
    public bool Accepts(byte contextId) => _contexts.TryGetValue(contextId, out var result) && result == 0;

    /// <summary>The A-ASSOCIATE-AC (DICOM PS3.8, section 9.3.3). The roles are accepted as they are proposed: the peer reports as an SCP (PS3.7, annex D.3.3.4).</summary>
    public byte[] Accept()
    {
        var pdu = new MemoryStream();
        pdu.Write([(byte)PduType.AssociateAccept, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
        pdu.Write(_titles);
        PduItem.Write(pdu, PduItem.ApplicationContext, Encoding.ASCII.GetBytes(AssociateRequest.ApplicationContext));
        foreach (var (id, result) in _contexts)
        {
            var context = new MemoryStream();
            context.Write([id, 0, result, 0]);
            PduItem.Write(context, PduItem.TransferSyntax, Encoding.ASCII.GetBytes(PresentationContext.ImplicitLittleEndian));
            PduItem.Write(pdu, PduItem.AcceptedContext, context.ToArray());
        }

        PduItem.Write(pdu, PduItem.UserInformation, AssociateRequest.UserInformation([.. _roles]));
        var bytes = pdu.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), (uint)bytes.Length - 6);
        return bytes;
    }

    private void AddContext(ReadOnlySpan<byte> value)
    {
        if (value.Length < ContextHeaderBytes)
        {
            throw AssociationException.Protocol($"an {Name} with a truncated presentation context");
        }

        var (isKnown, isImplicit) = (false, false);
        for (var rest = value[ContextHeaderBytes..]; !rest.IsEmpty;)
        {
            var type = rest[0];
            var uid = Encoding.ASCII.GetString(PduItem.Take(ref rest, Name)).TrimEnd('\0', ' ');
            isKnown |= type == PduItem.AbstractSyntax && (uid == PresentationContext.StorageCommitment.AbstractSyntax || uid == PresentationContext.Verification.AbstractSyntax);
            isImplicit |= type == PduItem.TransferSyntax && uid == PresentationContext.ImplicitLittleEndian;
        }

        _contexts[value[0]] = !isKnown ? AbstractSyntaxNotSupported : isImplicit ? (byte)0 : TransferSyntaxesNotSupported;
    }

    private void AddUserInformation(ReadOnlySpan<byte> value)
    {
        for (var rest = value; !rest.IsEmpty;)
        {
            var type = rest[0];
            var item = PduItem.Take(ref rest, Name);
            switch (type)
            {
                case PduItem.MaximumLength:
                    MaxPduLength = PduItem.ReadMaximumLength(item, Name);
                    break;
                case PduItem.RoleSelection when _roles.Count < PresentationContext.MaxPerAssociation:
                    _roles.Add(item.ToArray());
                    break;
            }
        }
    }
}
