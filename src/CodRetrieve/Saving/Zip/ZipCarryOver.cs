using System.IO.Compression;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>Puts the entries of an earlier zip into the one that takes its place.</summary>
/// <remarks>
/// Every byte is read and checked, as a damaged entry must not live on as a good one; so copying inside the file system, which reads nothing, would save
/// nothing. What is replaced is not copied: its bytes are in the new zip nowhere.
/// </remarks>
internal static class ZipCarryOver
{
    /// <summary>Carries over what the new zip does not have.</summary>
    /// <param name="old">The earlier zip.</param>
    /// <param name="zip">The new one.</param>
    /// <param name="removed">The hashes of the names that the new zip is not to have.</param>
    /// <param name="temporary">Creates a file that is deleted when it is disposed.</param>
    /// <param name="level">How entries are compressed that are compressed in the earlier zip.</param>
    /// <param name="cancellationToken">Ends the copying.</param>
    /// <returns>The number of entries that are damaged, and are not in the new zip.</returns>
    public static async ValueTask<int> RunAsync(
        ZipArchive old, UnfinishedZip zip, HashSet<UInt128> removed, Func<WholeFile> temporary, CompressionLevel level, CancellationToken cancellationToken)
    {
        var damaged = 0;

        // Where two have a name, readers take the last one.
        var last = new Dictionary<UInt128, ZipArchiveEntry>();
        foreach (var entry in old.Entries)
        {
            last[EntryHash.Of(entry.FullName)] = entry;
        }

        foreach (var entry in old.Entries)
        {
            var name = EntryHash.Of(entry.FullName);
            if (last[name] != entry || entry.FullName.Length == 0 || entry.FullName == IncompleteNote.EntryName || removed.Contains(name) || zip.Contains(name, out _))
            {
                continue;
            }

            if (!await TryCopyAsync(entry, zip, temporary, level, cancellationToken).ConfigureAwait(false))
            {
                damaged++;
            }
        }

        return damaged;
    }

    private static async ValueTask<bool> TryCopyAsync(
        ZipArchiveEntry entry, UnfinishedZip zip, Func<WholeFile> temporary, CompressionLevel level, CancellationToken cancellationToken)
    {
        try
        {
            var content = new CheckedContent(entry.Open(), entry);
            await using var closing = content.ConfigureAwait(false);
            var isCompressed = entry.CompressedLength != entry.Length;
            var form = new ZipEntryForm(entry.Length, !isCompressed ? CompressionLevel.NoCompression : level == CompressionLevel.NoCompression ? CompressionLevel.Optimal : level)
            {
                Time = LocalHeader.TimeOf(entry.LastWriteTime.DateTime),
                Attributes = new ZipAttributes((uint)entry.ExternalAttributes, entry.Comment),
            };
            await new ZipEntryWriter(zip, entry.FullName, content, form, temporary, cancellationToken).WriteAsync().ConfigureAwait(false);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    // Reading a zip with .NET does not check the CRC-32.
    private sealed class CheckedContent(Stream inner, ZipArchiveEntry entry) : ForwardOnlyReadStream
    {
        private readonly ZipContent _passed = new(computeCrc32c: false);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            _passed.Append(buffer.Span[..count]);
            return count > 0 || buffer.IsEmpty || (_passed.SizeBytes == entry.Length && _passed.Crc32 == entry.Crc32)
                ? count
                : throw new InvalidDataException($"{entry.FullName} is damaged.");
        }

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync().ConfigureAwait(false);
            await base.DisposeAsync().ConfigureAwait(false);
        }
    }
}
