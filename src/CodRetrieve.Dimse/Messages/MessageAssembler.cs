using System.Buffers.Binary;

namespace CodRetrieve.Dimse;

/// <summary>Puts the fragments of the peer's messages together (DICOM PS3.8, annex E), up to a limit.</summary>
/// <param name="maxDataSetBytes">The most bytes of a data set.</param>
internal sealed class MessageAssembler(int maxDataSetBytes)
{
    private const int MaxCommandBytes = 64 * 1024;
    private const int LengthBytes = 4;
    private const int HeadBytes = 2;

    // A message of another kind that claims to have a data set is refused by who gets it.
    private readonly Queue<DimseMessage> _whole = [];
    private MemoryStream _bytes = new();
    private DimseMessage? _awaitingDataSet;

    /// <summary>Takes the content of a P-DATA-TF.</summary>
    /// <exception cref="AssociationException">The content is not a fragment of a message.</exception>
    public void Add(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            throw AssociationException.Protocol("a P-DATA-TF without a fragment");
        }

        for (var rest = body; !rest.IsEmpty;)
        {
            if (rest.Length < LengthBytes + HeadBytes || BinaryPrimitives.ReadUInt32BigEndian(rest) is < HeadBytes or > int.MaxValue
                || BinaryPrimitives.ReadUInt32BigEndian(rest) > rest.Length - LengthBytes)
            {
                throw AssociationException.Protocol("a P-DATA-TF whose fragment does not fit into it");
            }

            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(rest);
            AddFragment(rest[LengthBytes], rest[LengthBytes + 1], rest.Slice(LengthBytes + HeadBytes, length - HeadBytes));
            rest = rest[(LengthBytes + length)..];
        }
    }

    /// <summary>Takes the next whole message; <see langword="null"/> while fragments of it are missing.</summary>
    public DimseMessage? Take() => _whole.TryDequeue(out var message) ? message : null;

    private void AddFragment(byte contextId, byte control, ReadOnlySpan<byte> fragment)
    {
        var (isCommand, isLast) = ((control & 1) != 0, (control & 2) != 0);
        if (isCommand == _awaitingDataSet is not null || (_awaitingDataSet is { } awaiting && awaiting.ContextId != contextId))
        {
            throw AssociationException.Protocol("a fragment of a data set in place of one of a command set, or the other way round");
        }

        var limit = isCommand ? MaxCommandBytes : maxDataSetBytes;
        if ((fragment.IsEmpty && !isLast) || _bytes.Length + fragment.Length > limit)
        {
            throw AssociationException.Protocol($"an empty fragment, or a {(isCommand ? "command" : "data")} set of more than {limit} bytes");
        }

        _bytes.Write(fragment);
        if (!isLast)
        {
            return;
        }

        if (isCommand)
        {
            var message = DimseMessage.Parse(contextId, _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length));
            _bytes.SetLength(0);
            if (message is { HasDataSet: true, Field: CommandField.FindResponse or CommandField.ActionResponse or CommandField.EventReportRequest })
            {
                _awaitingDataSet = message;
            }
            else
            {
                _whole.Enqueue(message);
            }
        }
        else
        {
            _awaitingDataSet!.DataSet = _bytes.GetBuffer().AsMemory(0, (int)_bytes.Length);
            _bytes = new MemoryStream();
            _whole.Enqueue(_awaitingDataSet);
            _awaitingDataSet = null;
        }
    }
}
