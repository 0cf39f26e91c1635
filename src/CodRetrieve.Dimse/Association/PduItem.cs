using System.Buffers.Binary;

namespace CodRetrieve.Dimse;

/// <summary>The items and sub-items of A-ASSOCIATE PDUs (DICOM PS3.8, sections 9.3.2 and 9.3.3, and PS3.7, annex D.3.3).</summary>
internal static class PduItem
{
    public const byte ApplicationContext = 0x10;
    public const byte ProposedContext = 0x20;
    public const byte AcceptedContext = 0x21;
    public const byte AbstractSyntax = 0x30;
    public const byte TransferSyntax = 0x40;
    public const byte UserInformation = 0x50;
    public const byte MaximumLength = 0x51;
    public const byte ImplementationClassUid = 0x52;
    public const byte RoleSelection = 0x54;
    public const byte ImplementationVersion = 0x55;

    private const int HeaderBytes = 4;

    public static void Write(Stream into, byte type, ReadOnlySpan<byte> value)
    {
        into.Write([type, 0, (byte)(value.Length >> 8), (byte)value.Length]);
        into.Write(value);
    }

    /// <summary>Takes the value of the next item.</summary>
    /// <param name="rest">The items; those behind the next one afterwards.</param>
    /// <param name="pdu">The PDU, for messages.</param>
    /// <exception cref="AssociationException">It does not fit.</exception>
    public static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, string pdu)
    {
        if (rest.Length < HeaderBytes || rest.Length - HeaderBytes < BinaryPrimitives.ReadUInt16BigEndian(rest[2..]))
        {
            throw AssociationException.Protocol($"an {pdu} with an item that is longer than what contains it");
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        var value = rest.Slice(HeaderBytes, length);
        rest = rest[(HeaderBytes + length)..];
        return value;
    }

    /// <summary>The maximum length that a peer gives.</summary>
    /// <exception cref="AssociationException">It is no number.</exception>
    public static uint ReadMaximumLength(ReadOnlySpan<byte> value, string pdu) => value.Length == sizeof(uint)
        ? BinaryPrimitives.ReadUInt32BigEndian(value)
        : throw AssociationException.Protocol($"an {pdu} whose maximum length is no 32-bit number");
}
