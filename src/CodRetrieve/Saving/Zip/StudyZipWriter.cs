using System.Buffers;
using System.IO.Compression;

namespace CodRetrieve.Saving;

/// <summary>Writes one zip, entry by entry in the order of their names, so that the same content gives the same bytes.</summary>
/// <remarks>Content is copied asynchronously; what .NET 8 writes only synchronously, headers and the central directory, is small.</remarks>
internal static class StudyZipWriter
{
    // The earliest time that a zip can hold: when an instance was fetched says nothing, and would make each zip another.
    private static readonly DateTimeOffset EntryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a zip.</summary>
    /// <param name="target">Receives it.</param>
    /// <param name="old">An earlier zip, whose entries are carried over unless the staged ones replace them.</param>
    /// <param name="staged">The new instances.</param>
    /// <param name="damaged">Entries of the earlier zip to leave out; those found damaged are added, and the zip is then of no use.</param>
    /// <param name="level">How entries are compressed.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static async Task WriteAsync(
        Stream target,
        ZipArchive? old,
        IReadOnlyList<StagedFile> staged,
        HashSet<string> damaged,
        CompressionLevel level,
        CancellationToken cancellationToken)
    {
        var sources = new SortedDictionary<string, object>(StringComparer.Ordinal);
        foreach (var entry in (IEnumerable<ZipArchiveEntry>?)old?.Entries ?? [])
        {
            if (!damaged.Contains(entry.FullName))
            {
                sources[entry.FullName] = entry;
            }
        }

        foreach (var file in staged)
        {
            sources[file.EntryName] = file;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(InstanceFile.BufferSize);
        try
        {
            using var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (name, source) in sources)
            {
                var entry = zip.CreateEntry(name, level);
                entry.LastWriteTime = EntryTime;
                if (source is ZipArchiveEntry carried)
                {
                    if (!await TryCarryOverAsync(carried, entry, buffer, cancellationToken).ConfigureAwait(false))
                    {
                        damaged.Add(name);
                    }
                }
                else
                {
                    await AddFileAsync((StagedFile)source, entry, buffer, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task AddFileAsync(StagedFile file, ZipArchiveEntry entry, byte[] buffer, CancellationToken cancellationToken)
    {
        var source = new FileStream(
            file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using var closing = source.ConfigureAwait(false);
        using var target = entry.Open();
        while (await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<bool> TryCarryOverAsync(ZipArchiveEntry carried, ZipArchiveEntry entry, byte[] buffer, CancellationToken cancellationToken)
    {
        long size = 0;
        using (var target = entry.Open())
        {
            using var source = TryOpen(carried);
            while (source is not null && await TryReadAsync(source, buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
            {
                await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                size += count;
            }
        }

        // Reading a zip with .NET does not check the CRC-32; writing computes it, so comparing the two does.
        return size == carried.Length && entry.Crc32 == carried.Crc32;
    }

    private static Stream? TryOpen(ZipArchiveEntry entry)
    {
        try
        {
            return entry.Open();
        }
        catch (InvalidDataException)
        {
            // No header where the list says, or a compression that nobody here can undo: the caller misses the bytes.
            return null;
        }
    }

    private static async ValueTask<int> TryReadAsync(Stream source, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            // Not what a compressor wrote: the caller finds too few bytes, or the wrong CRC-32.
            return 0;
        }
    }
}
