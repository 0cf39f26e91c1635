using System.IO.Compression;
using CodRetrieve.Catalog;
using CodRetrieve.IO;

namespace CodRetrieve.Saving;

/// <summary>What a study's zip holds, from its central directory: the size and the CRC-32 of each entry by the hash of its name.</summary>
internal sealed class ZipIndex
{
    private readonly Dictionary<UInt128, (long SizeBytes, uint Crc32)> _entries = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly FileStamp _stamp;

    private ZipIndex(FileStamp stamp) => _stamp = stamp;

    /// <summary>Reads the central directory of a zip.</summary>
    /// <exception cref="InvalidDataException">The file is no zip, or not a whole one.</exception>
    /// <exception cref="IOException">It cannot be read, or is encrypted.</exception>
    public static ZipIndex Read(string path, CancellationToken cancellationToken)
    {
        var index = new ZipIndex(FileStamp.Of(path));
        using var zip = OpenRead(path);

        // One that seems to be among others is damaged.
        if (zip.Entries.Count > 0 && zip.Entries.All(static entry => entry.IsEncrypted))
        {
            throw new IOException($"{path} is encrypted. Give its password ({nameof(CodDownloadOptions.ZipEncryption)}), or move it away.");
        }

        foreach (var entry in zip.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = EntryHash.Of(entry.FullName);
            if (!index._entries.ContainsKey(name) && TryGetInstance(entry.FullName) is var (series, _))
            {
                index._counts[series] = index._counts.GetValueOrDefault(series) + 1;
            }

            index._entries[name] = (entry.Length, entry.Crc32);
        }

        return index;
    }

    /// <summary>The index of a zip that cannot be read.</summary>
    public static ZipIndex Empty(string path) => new(FileStamp.Of(path)) { IsReadable = false };

    /// <summary>Whether the zip could be read.</summary>
    public bool IsReadable { get; private init; } = true;

    /// <summary>Opens a zip so far that its list of entries is known to be whole.</summary>
    /// <exception cref="InvalidDataException">The file is no zip, or not a whole one.</exception>
    public static ZipArchive OpenRead(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        ZipArchive? zip = null;
        try
        {
            zip = new ZipArchive(file, ZipArchiveMode.Read);
            _ = zip.Entries;
            return zip;
        }
        catch (Exception e)
        {
            zip?.Dispose();
            file.Dispose();
            if (e is EndOfStreamException or ArgumentException or OverflowException)
            {
                throw new InvalidDataException("The list of the zip's entries is cut off or senseless.", e);
            }

            throw;
        }
    }

    /// <summary>The entry of a name; <see langword="null"/> if the zip holds none.</summary>
    public FoundFile? Find(string entryName) =>
        _entries.TryGetValue(EntryHash.Of(entryName), out var entry) ? new FoundFile(entry.SizeBytes, _stamp.LastWriteUtc) { Crc32 = entry.Crc32 } : null;

    /// <summary>The number of entries that are named as instances of a series.</summary>
    public int CountIn(SeriesInfo series) => _counts.GetValueOrDefault(series.SeriesInstanceUid);

    /// <summary>The series and the SOP Instance UID in the name of an entry, <c>{series}/instances/{sop}.dcm</c>; <see langword="null"/> for other names.</summary>
    public static (string Series, string SopInstanceUid)? TryGetInstance(string entryName) =>
        entryName.Split('/') is [var series, "instances", var file] && SafeUid.IsSafe(series) && InstanceFile.TryGetUid(file) is { } sop ? (series, sop) : null;

    /// <summary>Whether the file is still the one that was read.</summary>
    public bool IsOf(string path) => _stamp == FileStamp.Of(path);
}
