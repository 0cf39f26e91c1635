using System.IO.Compression;
using System.Security.Cryptography;

namespace CodRetrieve.Tests.Support;

/// <summary>Reads back what was saved, as SHA-256 by <c>{study}/{series}/{sop}</c>.</summary>
public static class SavedFiles
{
    /// <param name="directory">The folder of the studies; one that is not there holds nothing.</param>
    public static SortedDictionary<string, string> InFolder(string directory)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*.dcm", SearchOption.AllDirectories) : [])
        {
            var parts = Path.GetRelativePath(directory, file).Split(Path.DirectorySeparatorChar);
            Assert.Equal(4, parts.Length);
            Assert.Equal("instances", parts[2]);
            using var stream = File.OpenRead(file);
            found.Add($"{parts[0]}/{parts[1]}/{Path.GetFileNameWithoutExtension(parts[3])}", Sha256(stream));
        }

        return found;
    }

    public static SortedDictionary<string, string> InZips(string directory)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*.zip") : [])
        {
            using var zip = ZipFile.OpenRead(file);
            foreach (var entry in zip.Entries.Where(entry => entry.FullName != "INCOMPLETE.txt"))
            {
                var parts = entry.FullName.Split('/');
                Assert.Equal(3, parts.Length);
                Assert.Equal("instances", parts[1]);
                using var stream = entry.Open();
                found.Add($"{Path.GetFileNameWithoutExtension(file)}/{parts[0]}/{Path.GetFileNameWithoutExtension(parts[2])}", Sha256(stream));
            }
        }

        return found;
    }

    public static SortedDictionary<string, string> In(string directory, bool zip) => zip ? InZips(directory) : InFolder(directory);

    private static string Sha256(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));
}
