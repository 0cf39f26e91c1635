using System.Buffers;
using CodRetrieve.Storage;

namespace CodRetrieve.Transfer;

/// <summary>
/// What one read of a whole tar gave: its CRC32C, and those of instances that were found in their places. Safe for several readers.
/// </summary>
internal sealed class TarChecksums
{
    private const int BufferBytes = 256 * 1024;

    private readonly List<InstanceInfo> _instances;
    private readonly uint[] _crcs;
    private readonly bool[] _isInPlace;

    private TarChecksums(List<InstanceInfo> instances)
    {
        _instances = instances;
        _crcs = new uint[instances.Count];
        _isInPlace = new bool[instances.Count];
    }

    /// <summary>The CRC32C of the bytes that came, from the tar's first to its last.</summary>
    public uint Crc32c { get; private set; }

    /// <summary>
    /// The instances with the CRC32C of their bytes, as far as the entry's header stands before these, with the instance's name and size. Of
    /// others the bytes are not known to be theirs, whatever the index says.
    /// </summary>
    public IEnumerable<(InstanceInfo Instance, uint Crc32c)> InPlace()
    {
        for (var i = 0; i < _instances.Count; i++)
        {
            if (_isInPlace[i])
            {
                yield return (_instances[i], _crcs[i]);
            }
        }
    }

    /// <summary>Reads a tar from its first byte to its last over one connection.</summary>
    /// <param name="objects">The store's objects.</param>
    /// <param name="permit">What its requests are made with; not owned.</param>
    /// <param name="tar">The tar, with its size and generation.</param>
    /// <param name="instances">Instances within the tar, in any order, none overlapping another.</param>
    /// <param name="received">Receives the number of bytes that arrive over the wire.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ObjectStoreException">The tar cannot be read.</exception>
    public static async Task<TarChecksums> ReadAsync(
        ObjectReader objects, RequestPermit permit, ObjectInfo tar, IEnumerable<InstanceInfo> instances, Action<int>? received, CancellationToken cancellationToken)
    {
        var read = new TarChecksums([.. instances.OrderBy(instance => instance.TarRange!.Value.Start)]);
        var slice = new ObjectRange(tar.Name, tar.Generation, tar.SizeBytes, new ByteRange(0, tar.SizeBytes));
        var stream = objects.Open(slice, received, permit);
        await using var closing = stream.ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await read.TakeAsync(stream, buffer, cancellationToken).ConfigureAwait(false);
            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task TakeAsync(ResumingStream stream, byte[] buffer, CancellationToken cancellationToken)
    {
        var header = new byte[TarHeader.BlockBytes];
        var offset = 0L;
        var next = 0;
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            var piece = buffer.AsSpan(0, count);
            Crc32c = IO.Crc32C.Append(Crc32c, piece);
            for (; next < _instances.Count && _instances[next].TarRange!.Value.Start - header.Length < offset + count; next++)
            {
                var range = _instances[next].TarRange!.Value;
                Overlap(piece, offset, range.Start - header.Length, range.Start, out var at).CopyTo(header.AsSpan((int)at));
                var own = Overlap(piece, offset, range.Start, range.EndExclusive, out at);
                if (at == 0 && !own.IsEmpty)
                {
                    _isInPlace[next] = IsHeaderOf(_instances[next], header);
                }

                _crcs[next] = IO.Crc32C.Append(_crcs[next], own);
                if (range.EndExclusive > offset + count)
                {
                    // The rest of it comes with the next piece.
                    break;
                }

                Array.Clear(header);
            }

            offset += count;
        }
    }

    // The bytes of a piece that lie between two offsets of the tar, and how far behind the first of these they begin.
    private static ReadOnlySpan<byte> Overlap(ReadOnlySpan<byte> piece, long offset, long start, long end, out long at)
    {
        var first = Math.Max(start, offset);
        var behind = Math.Min(end, offset + piece.Length);
        at = first - start;
        if (behind <= first)
        {
            at = 0;
            return [];
        }

        return piece[(int)(first - offset)..(int)(behind - offset)];
    }

    private static bool IsHeaderOf(InstanceInfo instance, ReadOnlySpan<byte> block) =>
        instance.TarRange!.Value.Start >= TarHeader.BlockBytes && TarHeader.TryParse(block, out var header) && header.IsFile
        && header.Size == instance.TarRange!.Value.Length && string.Equals(TarHeader.PlainName(header.Name), instance.EntryName, StringComparison.Ordinal);
}
