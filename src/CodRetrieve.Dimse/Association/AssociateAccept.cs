using System.Buffers.Binary;
using System.Text;

namespace CodRetrieve.Dimse;

/// <summary>What an A-ASSOCIATE-AC says (DICOM PS3.8, section 9.3.3).</summary>
internal sealed class AssociateAccept
{
    /// <summary>The result of a context that the peer did not mention.</summary>
    public const byte NotMentioned = 255;

    // Version, reserved, two AE titles, reserved.
    private const int FixedBytes = 2 + 2 + 16 + 16 + 32;
    private const int ItemHeaderBytes = 4;

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
            var value = Item(ref rest);
            switch (type)
            {
                case 0x21:
                    accept.AddContext(value);
                    break;
                case 0x50:
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
        if (value.Length < ItemHeaderBytes)
        {
            throw AssociationException.Protocol("an A-ASSOCIATE-AC with a truncated presentation context");
        }

        var (id, result, transferSyntax) = (value[0], value[2], "");
        for (var rest = value[ItemHeaderBytes..]; !rest.IsEmpty;)
        {
            var type = rest[0];
            var item = Item(ref rest);
            transferSyntax = type == 0x40 ? Encoding.ASCII.GetString(item).TrimEnd('\0', ' ') : transferSyntax;
        }

        _contexts[id] = (result, transferSyntax);
    }

    private void AddUserInformation(ReadOnlySpan<byte> value)
    {
        for (var rest = value; !rest.IsEmpty;)
        {
            var type = rest[0];
            var item = Item(ref rest);
            if (type == 0x51)
            {
                MaxPduLength = item.Length == sizeof(uint)
                    ? BinaryPrimitives.ReadUInt32BigEndian(item)
                    : throw AssociationException.Protocol("an A-ASSOCIATE-AC whose maximum length is no 32-bit number");
            }
        }
    }

    private static ReadOnlySpan<byte> Item(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < ItemHeaderBytes || rest.Length - ItemHeaderBytes < BinaryPrimitives.ReadUInt16BigEndian(rest[2..]))
        {
            throw AssociationException.Protocol("an A-ASSOCIATE-AC with an item that is longer than what contains it");
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        var value = rest.Slice(ItemHeaderBytes, length);
        rest = rest[(ItemHeaderBytes + length)..];
        return value;
    }
}
