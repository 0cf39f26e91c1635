using System.Buffers.Binary;
using System.Text;
using CodRetrieve.Dicom;

namespace CodRetrieve.Dimse;

/// <summary>A message of the peer: what its command set (DICOM PS3.7, sections 9.3 and 10.3) says, and its data set.</summary>
internal sealed class DimseMessage
{
    private const int HeaderBytes = 8;
    private const ushort NoDataSet = 0x0101;

    private ushort? _messageId;
    private ushort? _respondedTo;
    private ushort? _status;

    private DimseMessage()
    {
    }

    /// <summary>The presentation context that it came in.</summary>
    public byte ContextId { get; init; }

    public CommandField Field { get; private set; }

    public bool IsResponse => ((ushort)Field & 0x8000) != 0;

    /// <summary>The identifier of a request.</summary>
    public ushort MessageId => _messageId.GetValueOrDefault();

    /// <summary>The request that a response is for.</summary>
    public ushort RespondedTo => _respondedTo.GetValueOrDefault();

    /// <summary>The status of a response.</summary>
    public ushort Status => _status.GetValueOrDefault();

    public bool HasDataSet { get; private set; }

    /// <summary>The Affected SOP Class UID; <see langword="null"/> where it is none.</summary>
    public string? SopClassUid { get; private set; }

    /// <summary>The Affected SOP Instance UID; <see langword="null"/> where it is none.</summary>
    public string? SopInstanceUid { get; private set; }

    public ushort? EventTypeId { get; private set; }

    public ReadOnlyMemory<byte> DataSet { get; set; }

    /// <remarks>The error comment (0000,0902) is not read: archives put attributes of the patient into it, and messages hold none.</remarks>
    /// <exception cref="AssociationException">The bytes are not the command set of a message.</exception>
    public static DimseMessage Parse(byte contextId, ReadOnlySpan<byte> command)
    {
        var message = new DimseMessage { ContextId = contextId };
        ushort? field = null;
        var dataSet = NoDataSet;
        for (var rest = command; !rest.IsEmpty;)
        {
            if (rest.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]) > rest.Length - HeaderBytes)
            {
                throw AssociationException.Protocol("a command set with an element that is longer than the command set");
            }

            var (group, element) = (BinaryPrimitives.ReadUInt16LittleEndian(rest), BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]));
            var value = rest.Slice(HeaderBytes, (int)BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]));
            rest = rest[(HeaderBytes + value.Length)..];
            if (group != 0)
            {
                throw AssociationException.Protocol("a command set with an element outside of group 0000");
            }

            switch (element)
            {
                case 0x0002:
                    message.SopClassUid = Uid(value);
                    break;
                case 0x0100:
                    field = Number(value);
                    break;
                case 0x0110:
                    message._messageId = Number(value);
                    break;
                case 0x0120:
                    message._respondedTo = Number(value);
                    break;
                case 0x0800:
                    dataSet = Number(value);
                    break;
                case 0x0900:
                    message._status = Number(value);
                    break;
                case 0x1000:
                    message.SopInstanceUid = Uid(value);
                    break;
                case 0x1002:
                    message.EventTypeId = Number(value);
                    break;
            }
        }

        message.Field = (CommandField)field.GetValueOrDefault();
        message.HasDataSet = dataSet != NoDataSet;
        return field is not null && (message.IsResponse ? message._respondedTo is not null && message._status is not null : message._messageId is not null)
            ? message
            : throw AssociationException.Protocol("a command set that is neither a request nor a response");
    }

    private static string? Uid(ReadOnlySpan<byte> value)
    {
        var uid = Encoding.ASCII.GetString(value).TrimEnd('\0', ' ');
        return DicomUid.IsUid(uid) ? uid : null;
    }

    private static ushort Number(ReadOnlySpan<byte> value) => value.Length == sizeof(ushort)
        ? BinaryPrimitives.ReadUInt16LittleEndian(value)
        : throw AssociationException.Protocol("a command set with a number of the wrong length");
}
