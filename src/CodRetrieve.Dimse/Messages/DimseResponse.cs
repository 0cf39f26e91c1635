using System.Buffers.Binary;

namespace CodRetrieve.Dimse;

/// <summary>A response's command set (DICOM PS3.7, section 9.3).</summary>
/// <param name="Field">The command field.</param>
/// <param name="MessageId">The request that it is for.</param>
/// <param name="Status">The status.</param>
/// <param name="HasDataSet">Whether a data set follows.</param>
internal readonly record struct DimseResponse(ushort Field, ushort MessageId, ushort Status, bool HasDataSet)
{
    private const int HeaderBytes = 8;
    private const ushort NoDataSet = 0x0101;

    /// <remarks>The error comment (0000,0902) is not read: archives put attributes of the patient into it, and messages hold none.</remarks>
    /// <exception cref="AssociationException">The bytes are not the command set of a response.</exception>
    public static DimseResponse Parse(ReadOnlySpan<byte> command)
    {
        ushort? field = null, id = null, status = null;
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
                case 0x0100:
                    field = Number(value);
                    break;
                case 0x0120:
                    id = Number(value);
                    break;
                case 0x0800:
                    dataSet = Number(value);
                    break;
                case 0x0900:
                    status = Number(value);
                    break;
            }
        }

        return field is { } isField && id is { } isId && status is { } isStatus
            ? new DimseResponse(isField, isId, isStatus, dataSet != NoDataSet)
            : throw AssociationException.Protocol("a command set that is no response");
    }

    private static ushort Number(ReadOnlySpan<byte> value) => value.Length == sizeof(ushort)
        ? BinaryPrimitives.ReadUInt16LittleEndian(value)
        : throw AssociationException.Protocol("a command set with a number of the wrong length");
}
