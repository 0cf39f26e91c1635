using CodRetrieve.IO;
using ICSharpCode.SharpZipLib.Zip;

namespace CodRetrieve.Saving;

/// <summary>What a study's zip holds, from its central directory: by name, the size of each entry and its mark.</summary>
internal sealed class EncryptedZipIndex
{
    private readonly Dictionary<string, FoundFile> _entries = new(StringComparer.Ordinal);
    private readonly FileStamp _stamp;

    private EncryptedZipIndex(FileStamp stamp) => _stamp = stamp;

    public IEnumerable<string> Names => _entries.Keys;

    /// <summary>Reads a zip, and tries the password on it.</summary>
    /// <exception cref="IOException">It cannot be read, or was encrypted with another password.</exception>
    /// <exception cref="InvalidDataException">It is no zip, or not a whole one.</exception>
    public static EncryptedZipIndex Read(string path, string password, CancellationToken cancellationToken)
    {
        var index = new EncryptedZipIndex(FileStamp.Of(path));
        using var zip = EncryptedZipReader.Open(path, password);
        ZipEntry? encrypted = null;
        foreach (ZipEntry entry in zip)
        {
            cancellationToken.ThrowIfCancellationRequested();
            index._entries[entry.Name] = new FoundFile(entry.Size, index._stamp.LastWriteUtc) { Crc32 = EncryptedZipReader.MarkOf(entry) };
            encrypted ??= entry.IsCrypted ? entry : null;
        }

        if (encrypted is not null)
        {
            EncryptedZipReader.OpenEntry(zip, encrypted, path).Dispose();
        }

        return index;
    }

    public FoundFile? Find(string entryName) => _entries.TryGetValue(entryName, out var found) ? found : null;

    /// <summary>Whether the file is still the one that was read.</summary>
    public bool IsOf(string path) => _stamp == FileStamp.Of(path);
}
