using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>Reads the instances in unfinished zips, by following their headers: those that are marked as whole.</summary>
public static class UnfinishedZips
{
    private const int HeaderBytes = 30;
    private const int Stored = 0;

    public static bool IsName(string path) => Path.GetFileName(path) is ['.', ..] name && name.EndsWith(".partial", StringComparison.Ordinal) && name.Contains(".zip.", StringComparison.Ordinal);

    /// <summary>All that are in a directory, as SHA-256 by <c>{study}/{series}/{sop}</c>.</summary>
    public static IEnumerable<KeyValuePair<string, string>> In(string directory) =>
        Directory.EnumerateFiles(directory, "*", Leftovers.Everything).Where(IsName).SelectMany(Read);

    public static IEnumerable<KeyValuePair<string, string>> Read(string path)
    {
        var study = Path.GetFileName(path)[1..].Split(".zip.")[0];
        var zip = File.ReadAllBytes(path);
        for (var offset = 0; offset + HeaderBytes <= zip.Length && zip.AsSpan(offset).StartsWith("PK\u0003\u0004"u8);)
        {
            var method = BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(offset + 8));
            var size = BinaryPrimitives.ReadInt32LittleEndian(zip.AsSpan(offset + 18));
            var nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(offset + 26));
            var content = offset + HeaderBytes + nameBytes;
            if (content + size > zip.Length)
            {
                yield break;
            }

            var parts = Encoding.UTF8.GetString(zip, offset + HeaderBytes, nameBytes).Split('/');
            if (method == Stored && parts.Length == 3)
            {
                var sha256 = Convert.ToHexStringLower(SHA256.HashData(zip.AsSpan(content, size)));
                yield return KeyValuePair.Create($"{study}/{parts[0]}/{Path.GetFileNameWithoutExtension(parts[2])}", sha256);
            }

            offset = content + size;
        }
    }
}
