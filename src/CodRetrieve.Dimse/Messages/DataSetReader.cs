using System.Buffers.Binary;
using System.Text;
using CodRetrieve.Dicom;

namespace CodRetrieve.Dimse;

/// <summary>Reads small data sets in Implicit VR Little Endian (DICOM PS3.5, sections 7.1.3 and 7.5), such as identifiers and reports.</summary>
internal static class DataSetReader
{
    private const int HeaderBytes = 8;
    private const int MaxDepth = 16;
    private const uint Undefined = 0xFFFF_FFFF;
    private const uint Item = 0xFFFE_E000;
    private const uint ItemEnd = 0xFFFE_E00D;
    private const uint SequenceEnd = 0xFFFE_E0DD;

    /// <summary>Called for an element.</summary>
    public delegate void ElementAction(uint tag, ReadOnlySpan<byte> value);

    /// <summary>Calls an action for each element of a data set, with the content of a sequence for its value.</summary>
    /// <exception cref="AssociationException">The bytes are no data set.</exception>
    public static void Read(ReadOnlySpan<byte> dataSet, ElementAction action)
    {
        for (var rest = dataSet; !rest.IsEmpty;)
        {
            var (tag, length, size) = Element(rest, depth: 0);
            action(tag, rest.Slice(HeaderBytes, length));
            rest = rest[size..];
        }
    }

    /// <summary>Calls an action for each item of a sequence, given its content.</summary>
    /// <exception cref="AssociationException">The bytes are no sequence.</exception>
    public static void ReadItems(ReadOnlySpan<byte> sequence, Action<DataSetValues> action)
    {
        for (var rest = sequence; !rest.IsEmpty;)
        {
            var (tag, length, size) = Element(rest, depth: 0);
            if (tag == SequenceEnd)
            {
                return;
            }

            if (tag != Item)
            {
                throw Invalid();
            }

            action(Values(rest.Slice(HeaderBytes, length)));
            rest = rest[size..];
        }
    }

    /// <summary>What is wanted of a data set.</summary>
    public static DataSetValues Values(ReadOnlySpan<byte> dataSet)
    {
        string? sopClass = null, sopInstance = null;
        int? reason = null;
        Read(dataSet, (tag, value) =>
        {
            switch (tag)
            {
                case Tags.SopClassUid or Tags.ReferencedSopClassUid:
                    sopClass = Uid(value);
                    break;
                case Tags.SopInstanceUid or Tags.ReferencedSopInstanceUid:
                    sopInstance = Uid(value);
                    break;
                case Tags.FailureReason when value.Length == sizeof(ushort):
                    reason = BinaryPrimitives.ReadUInt16LittleEndian(value);
                    break;
            }
        });
        return new DataSetValues(sopClass, sopInstance, reason);
    }

    public static string? Uid(ReadOnlySpan<byte> value)
    {
        var uid = Encoding.ASCII.GetString(value).TrimEnd('\0', ' ');
        return DicomUid.IsUid(uid) ? uid : null;
    }

    // An undefined length ends at a delimiter, which is found by reading what is inside.
    private static (uint Tag, int Length, int Size) Element(ReadOnlySpan<byte> bytes, int depth)
    {
        if (bytes.Length < HeaderBytes || depth > MaxDepth)
        {
            throw Invalid();
        }

        var tag = Tag(bytes);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (length != Undefined)
        {
            return length <= bytes.Length - HeaderBytes ? (tag, (int)length, HeaderBytes + (int)length) : throw Invalid();
        }

        var end = tag == Item ? ItemEnd : SequenceEnd;
        for (var position = HeaderBytes; ;)
        {
            var inner = Element(bytes[position..], depth + 1);
            if (inner.Tag == end)
            {
                return (tag, position - HeaderBytes, position + inner.Size);
            }

            position += inner.Size;
        }
    }

    private static uint Tag(ReadOnlySpan<byte> bytes) => ((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);

    private static AssociationException Invalid() => AssociationException.Protocol("a data set that is not in Implicit VR Little Endian");
}
