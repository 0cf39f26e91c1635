using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>Writes the list of entries behind the last of them.</summary>
internal static class ZipEnding
{
    private const int BlockBytes = 256 * 1024;

    // As long as neither its name nor its comment is longer than usual.
    private const int MaxRecordBytes = 4096;

    /// <summary>Writes the list, in the order of the names.</summary>
    /// <returns>Where it ends: the length of the zip.</returns>
    public static async ValueTask<long> WriteAsync(
        SafeFileHandle file,
        DestinationWriter writer,
        byte[][] names,
        ZipEntries entries,
        Dictionary<UInt128, ZipAttributes> attributes,
        long offset,
        string comment,
        CancellationToken cancellationToken)
    {
        var block = new ArrayBufferWriter<byte>(BlockBytes + MaxRecordBytes);
        var position = offset;
        foreach (var name in names)
        {
            var key = EntryHash.Of(name);
            if (!entries.TryGet(key, out var record))
            {
                throw new InvalidDataException("The names in an unfinished zip were changed by somebody else while it was written. Run again.");
            }

            CentralDirectory.WriteRecord(block, name, record, attributes.GetValueOrDefault(key));
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
