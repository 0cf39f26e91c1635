using System.Buffers.Binary;

namespace CodRetrieve.Dimse;

/// <summary>Sends messages as P-DATA-TF PDUs with one fragment each (DICOM PS3.8, section 9.3.5 and annex E). For one caller at a time.</summary>
internal sealed class PduWriter
{
    // PDU header, length of the fragment, context and control header.
    private const int HeadBytes = 6 + 4 + 2;

    // What the peer's maximum length counts of it.
    private const int CountedHeadBytes = 4 + 2;

    private const int MaxFragmentBytes = (128 * 1024) - CountedHeadBytes;

    private readonly Stream _stream;
    private byte[] _current;
    private byte[] _next;

    /// <param name="stream">The connection.</param>
    /// <param name="peerMaxLength">The peer's maximum length; 0 for no limit.</param>
    /// <exception cref="AssociationException">No fragment is that small.</exception>
    public PduWriter(Stream stream, uint peerMaxLength)
    {
        _stream = stream;
        var fragment = peerMaxLength == 0 ? MaxFragmentBytes : (int)Math.Min(MaxFragmentBytes, (long)peerMaxLength - CountedHeadBytes);

        // A fragment has an even number of bytes (annex E.2).
        FragmentBytes = fragment & ~1;
        if (FragmentBytes <= 0)
        {
            throw AssociationException.Protocol($"the maximum PDU length {peerMaxLength}");
        }

        _current = new byte[HeadBytes + FragmentBytes];
        _next = new byte[HeadBytes + FragmentBytes];
    }

    /// <summary>Whether a PDU was begun and its last byte not handed over: what is written next would be taken for a part of it.</summary>
    public bool IsWithinPdu { get; private set; }

    /// <summary>The most bytes of a message that one PDU carries.</summary>
    public int FragmentBytes { get; }

    /// <summary>Sends a command set, or a data set that is in memory.</summary>
    public async ValueTask WriteAsync(byte contextId, bool isCommand, ReadOnlyMemory<byte> bytes, Func<bool, CancellationToken> step)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, FragmentBytes);
            bytes[..count].CopyTo(_current.AsMemory(HeadBytes));
            bytes = bytes[count..];
            await WriteAsync(contextId, count, isCommand, isLast: bytes.IsEmpty, step).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Sends a data set as it is read. Its last fragment leaves only when the content has ended, which it does only when its CRC32C matched.
    /// </summary>
    /// <param name="contextId">The presentation context.</param>
    /// <param name="content">The content, at the beginning of the data set.</param>
    /// <param name="step">Called before each read (<see langword="false"/>) and each write (<see langword="true"/>); returns what ends it, or throws.</param>
    /// <exception cref="DimseException">The data set has an odd number of bytes.</exception>
    public async ValueTask WriteDataSetAsync(byte contextId, ReplayableContent content, Func<bool, CancellationToken> step)
    {
        var count = await FillAsync(_current).ConfigureAwait(false);
        while (true)
        {
            var more = count == FragmentBytes ? await FillAsync(_next).ConfigureAwait(false) : 0;
            if (more % 2 != 0 || count % 2 != 0)
            {
                throw new DimseException($"{content.Name}: the data set has an odd number of bytes, which C-STORE cannot carry (DICOM PS3.8, E.2). Correct the instance in the store, or leave it out of the selection.");
            }

            await WriteAsync(contextId, count, isCommand: false, isLast: more == 0, step).ConfigureAwait(false);
            if (more == 0)
            {
                return;
            }

            (_current, _next, count) = (_next, _current, more);
        }

        ValueTask<int> FillAsync(byte[] buffer) => content.FillAsync(buffer.AsMemory(HeadBytes), step(false));
    }

    private async ValueTask WriteAsync(byte contextId, int count, bool isCommand, bool isLast, Func<bool, CancellationToken> step)
    {
        WriteHead(_current, contextId, count, isCommand, isLast);
        var token = step(true);
        IsWithinPdu = true;
        await _stream.WriteAsync(_current.AsMemory(0, HeadBytes + count), token).ConfigureAwait(false);
        IsWithinPdu = false;
    }

    private static void WriteHead(Span<byte> head, byte contextId, int count, bool isCommand, bool isLast)
    {
        (head[0], head[1]) = ((byte)PduType.Data, 0);
        BinaryPrimitives.WriteUInt32BigEndian(head[2..], (uint)(count + CountedHeadBytes));
        BinaryPrimitives.WriteUInt32BigEndian(head[6..], (uint)(count + 2));
        head[10] = contextId;
        head[11] = (byte)((isCommand ? 1 : 0) | (isLast ? 2 : 0));
    }
}
