using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>Writes the list of entries behind the last of them.</summary>
internal static class ZipEnding
{
    private const int BlockBytes = 256 * 1024;

    /// <summary>Writes the list.</summary>
    /// <returns>Where it ends: the length of the zip.</returns>
    public static async ValueTask<long> WriteAsync(
        SafeFileHandle file,
        DestinationWriter writer,
        List<(byte[] Name, ZipRecord Record)> entries,
        Dictionary<UInt128, ZipAttributes> attributes,
        long offset,
        string comment,
        CancellationToken cancellationToken)
    {
        var block = new ArrayBufferWriter<byte>(BlockBytes);
        var position = offset;
        foreach (var (name, record) in entries)
        {
            CentralDirectory.WriteRecord(block, name, record, attributes.Count == 0 ? null : attributes.GetValueOrDefault(EntryHash.Of(name)));
            if (block.WrittenCount >= BlockBytes)
            {
                position += await FlushAsync(file, writer, block, position, cancellationToken).ConfigureAwait(false);
            }
        }

        CentralDirectory.WriteEnd(block, entries.Count, offset, position + block.WrittenCount - offset, comment);
        return position + await FlushAsync(file, writer, block, position, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<int> FlushAsync(
        SafeFileHandle file, DestinationWriter writer, ArrayBufferWriter<byte> block, long position, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(file, block.WrittenMemory, position, cancellationToken).ConfigureAwait(false);
        var count = block.WrittenCount;
        block.ResetWrittenCount();
        return count;
    }
}
