using System.Text;

namespace CodRetrieve.Dimse;

/// <summary>What an A-ASSOCIATE-AC says (DICOM PS3.8, section 9.3.3).</summary>
internal sealed class AssociateAccept
{
    /// <summary>The result of a context that the peer did not mention.</summary>
    public const byte NotMentioned = 255;

    private const string Name = "A-ASSOCIATE-AC";

    // Version, reserved, two AE titles, reserved.
    private const int FixedBytes = 2 + 2 + 16 + 16 + 32;
    private const int ContextHeaderBytes = 4;

    private readonly Dictionary<byte, (byte Result, string TransferSyntax)> _contexts = [];

    /// <summary>The peer's maximum length of the variable field of a P-DATA-TF; 0 for no limit.</summary>
    public uint MaxPduLength { get; private set; } = PduReader.AnnouncedLength;

    /// <exception cref="AssociationException">The bytes are not an A-ASSOCIATE-AC.</exception>
    public static AssociateAccept Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length < FixedBytes)
        {
            throw AssociationException.Protocol($"an A-ASSOCIATE-AC of {body.Length} bytes");
        }

        var accept = new AssociateAccept();
        for (var rest = body[FixedBytes..]; !rest.IsEmpty;)
        {
            var type = rest[0];
            var value = PduItem.Take(ref rest, Name);
            switch (type)
            {
                case PduItem.AcceptedContext:
                    accept.AddContext(value);
                    break;
                case PduItem.UserInformation:
                    accept.AddUserInformation(value);
                    break;
            }
        }

        return accept;
    }

    /// <summary>The result for a context: 0 where the peer accepted it with the one transfer syntax that was proposed.</summary>
    public byte ResultOf(byte id, PresentationContext context)
    {
        if (!_contexts.TryGetValue(id, out var found))
        {
            return NotMentioned;
        }

        // Another transfer syntax than the proposed one is no acceptance: its data set would be misread.
        return found.Result == 0 && !string.Equals(found.TransferSyntax, context.TransferSyntax, StringComparison.Ordinal) ? (byte)4 : found.Result;
    }

    private void AddContext(ReadOnlySpan<byte> value)
    {
        if (value.Length < ContextHeaderBytes)
        {
            throw AssociationException.Protocol("an A-ASSOCIATE-AC with a truncated presentation context");
        }

        var (id, result, transferSyntax) = (value[0], value[2], "");
        for (var rest = value[ContextHeaderBytes..]; !rest.IsEmpty;)
        {
            var type = rest[0];
            var item = PduItem.Take(ref rest, Name);
            transferSyntax = type == PduItem.TransferSyntax ? Encoding.ASCII.GetString(item).TrimEnd('\0', ' ') : transferSyntax;
        }

        _contexts[id] = (result, transferSyntax);
    }

    private void AddUserInformation(ReadOnlySpan<byte> value)
    {
        for (var rest = value; !rest.IsEmpty;)
        {
            var type = rest[0];
            var item = PduItem.Take(ref rest, Name);
            if (type == PduItem.MaximumLength)
            {
                MaxPduLength = PduItem.ReadMaximumLength(item, Name);
            }
        }
    }
}
