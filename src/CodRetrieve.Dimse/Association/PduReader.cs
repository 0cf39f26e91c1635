using System.Buffers.Binary;

namespace CodRetrieve.Dimse;

/// <summary>Reads PDUs from a connection into one buffer whose size is bounded, whatever length the peer claims. For one caller at a time.</summary>
internal sealed class PduReader(Stream stream)
{
    /// <summary>The maximum length that is announced to the peer; only responses to commands arrive.</summary>
    public const int AnnouncedLength = 16_384;

    /// <summary>What is accepted of peers that exceed the announced length, and of an A-ASSOCIATE-AC.</summary>
    public const int MaxLength = 128 * 1024;

    private const int HeaderBytes = 6;

    private readonly byte[] _header = new byte[HeaderBytes];
    private byte[] _body = new byte[512];
    private int _headerCount;

    /// <summary>Waits until a PDU begins, or the connection ends. Nothing is lost when this is cancelled.</summary>
    /// <exception cref="AssociationException">The connection ended.</exception>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            _headerCount = _headerCount > 0 ? _headerCount : await stream.ReadAsync(_header, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw AssociationException.Closed(e);
        }

        if (_headerCount == 0)
        {
            throw AssociationException.Closed();
        }
    }

    /// <summary>Reads one PDU.</summary>
    /// <returns>Its type, and its content, which is valid until the next call.</returns>
    /// <exception cref="AssociationException">The connection ended, or what arrived is no PDU.</exception>
    public async ValueTask<(PduType Type, ReadOnlyMemory<byte> Body)> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await stream.ReadExactlyAsync(_header.AsMemory(_headerCount), cancellationToken).ConfigureAwait(false);
            _headerCount = 0;
            var (type, length) = ((PduType)_header[0], BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(2)));
            if (type is < PduType.AssociateRequest or > PduType.Abort)
            {
                throw AssociationException.Protocol($"a PDU of the unknown type {_header[0]}");
            }

            if (length > MaxLength)
            {
                throw AssociationException.Protocol($"a PDU of {length} bytes, where {AnnouncedLength} is the maximum that was announced");
            }

            if (length > _body.Length)
            {
                _body = new byte[length];
            }

            await stream.ReadExactlyAsync(_body.AsMemory(0, (int)length), cancellationToken).ConfigureAwait(false);
            return (type, _body.AsMemory(0, (int)length));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw AssociationException.Closed(e);
        }
    }
}
