using System.Buffers;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using CodRetrieve.IO;
using Microsoft.Win32.SafeHandles;

namespace CodRetrieve.Saving;

/// <summary>Reads what a run wrote of a zip that it did not finish.</summary>
internal static class UnfinishedZipReader
{
    // The fixed part and most names.
    private const int HeaderBytes = 512;
    private const int BlockBytes = 256 * 1024;

    /// <summary>Follows the local headers from the beginning, as far as they lead.</summary>
    /// <returns>The regions with their names, those that are not whole included.</returns>
    public static IEnumerable<(string Name, ZipRecord Record)> Follow(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var buffer = new byte[HeaderBytes];
        for (var offset = 0L; offset < length;)
        {
            var count = RandomAccess.Read(file, buffer.AsSpan(0, HeaderBytes), offset);
            if (!LocalHeader.TryRead(buffer.AsSpan(0, count), offset, out var headerBytes, out var record))
            {
                if (headerBytes <= count)
                {
                    yield break;
                }

                buffer = buffer.Length < headerBytes ? new byte[headerBytes] : buffer;
                count = RandomAccess.Read(file, buffer.AsSpan(0, headerBytes), offset);
                if (!LocalHeader.TryRead(buffer.AsSpan(0, count), offset, out _, out record))
                {
                    yield break;
                }
            }

            if (record.StoredBytes > length - record.ContentOffset)
            {
                yield break;
            }

            yield return (Encoding.UTF8.GetString(LocalHeader.NameIn(buffer)), record);
            offset = record.End;
        }
    }

    /// <summary>Reads the content of an entry, and checks it.</summary>
    /// <returns>The entry with the CRC32C of its content; <see langword="null"/> if it is not the content that was written.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ZipRecord? Verify(SafeFileHandle file, ZipRecord record, CancellationToken cancellationToken)
    {
        if (record.Method == LocalHeader.Unfinished)
        {
            return null;
        }

        var crc32 = new Crc32();
        var (crc32c, size) = (0u, 0L);
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            using var content = Open(file, record);
            for (int count; (count = content.Read(block, 0, BlockBytes)) > 0 && size <= record.SizeBytes; size += count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                crc32.Append(block.AsSpan(0, count));
                crc32c = Crc32C.Append(crc32c, block.AsSpan(0, count));
            }
        }
        catch (InvalidDataException)
        {
            // Not what a compressor wrote.
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        return size == record.SizeBytes && crc32.GetCurrentHashAsUInt32() == record.Crc32 ? record with { Crc32c = crc32c, IsResumed = true } : null;
    }

    /// <summary>Opens the content of an entry for reading; the file stays open.</summary>
    public static Stream Open(SafeFileHandle file, ZipRecord record)
    {
        var stored = new FileSectionStream(file, record.ContentOffset, record.StoredBytes);
        return record.Method == LocalHeader.Deflated ? new DeflateStream(stored, CompressionMode.Decompress) : stored;
    }
}
