using System.Buffers.Binary;

namespace CodRetrieve.Dimse;

/// <summary>Puts the fragments of a response's command set together (DICOM PS3.8, annex E), up to a limit.</summary>
internal sealed class ResponseAssembler
{
    private const int MaxCommandBytes = 64 * 1024;
    private const int LengthBytes = 4;
    private const int HeadBytes = 2;

    private readonly MemoryStream _command = new();

    /// <summary>Takes the content of a P-DATA-TF.</summary>
    /// <returns>The response when it is whole; <see langword="null"/> while fragments are missing.</returns>
    /// <exception cref="AssociationException">The content is not a fragment of a response.</exception>
    public DimseResponse? Add(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            throw AssociationException.Protocol("a P-DATA-TF without a fragment");
        }

        var isWhole = false;
        for (var rest = body; !rest.IsEmpty;)
        {
            if (rest.Length < LengthBytes + HeadBytes || BinaryPrimitives.ReadUInt32BigEndian(rest) is < HeadBytes or > int.MaxValue
                || BinaryPrimitives.ReadUInt32BigEndian(rest) > rest.Length - LengthBytes)
            {
                throw AssociationException.Protocol("a P-DATA-TF whose fragment does not fit into it");
            }

            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(rest);
            var control = rest[LengthBytes + 1];
            var fragment = rest.Slice(LengthBytes + HeadBytes, length - HeadBytes);
            rest = rest[(LengthBytes + length)..];
            if ((control & 1) == 0 || isWhole)
            {
                throw AssociationException.Protocol("a fragment of a data set, or behind the end of a response");
            }

            isWhole = (control & 2) != 0;
            if ((fragment.IsEmpty && !isWhole) || _command.Length + fragment.Length > MaxCommandBytes)
            {
                throw AssociationException.Protocol($"an empty fragment, or a command set of more than {MaxCommandBytes} bytes");
            }

            _command.Write(fragment);
        }

        return isWhole ? DimseResponse.Parse(_command.GetBuffer().AsSpan(0, (int)_command.Length)) : null;
    }
}
