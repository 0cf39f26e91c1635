using System.IO.Compression;
using System.Security.Cryptography;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>Reads back what was saved, as SHA-256 by <c>{study}/{series}/{sop}</c>.</summary>
public static class SavedFiles
{
    public static SortedDictionary<string, string> In(string directory, bool zip)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (!Directory.Exists(directory))
        {
            return found;
        }

        foreach (var (name, open) in zip ? InZips(directory) : InFolder(directory))
        {
            using var stream = open();
            found.Add(name, Convert.ToHexStringLower(SHA256.HashData(stream)));
        }

        return found;
    }

    public static SortedDictionary<string, string> Expected(IEnumerable<SyntheticStudy> studies) => new(
        (from study in studies
         from series in study.Series
         from instance in series.Instances
         select KeyValuePair.Create($"{study.StudyUid}/{series.SeriesUid}/{instance.SopInstanceUid}", instance.Sha256)).ToDictionary(StringComparer.Ordinal),
        StringComparer.Ordinal);

    /// <summary>The instances below a folder of studies.</summary>
    public static IEnumerable<(string Name, Func<Stream> Open)> InFolder(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory, "*.dcm", SearchOption.AllDirectories))
        {
            var parts = Path.GetRelativePath(directory, file).Split(Path.DirectorySeparatorChar);
            if (parts[0] == ".codretrieve")
            {
                continue;
            }

            Assert.Equal(4, parts.Length);
            Assert.Equal("instances", parts[2]);
            yield return ($"{parts[0]}/{parts[1]}/{Path.GetFileNameWithoutExtension(parts[3])}", () => File.OpenRead(file));
        }
    }

    private static IEnumerable<(string Name, Func<Stream> Open)> InZips(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory, "*.zip"))
        {
            using var zip = ZipFile.OpenRead(file);
            foreach (var entry in zip.Entries)
            {
                var parts = entry.FullName.Split('/');
                Assert.Equal(3, parts.Length);
                Assert.Equal("instances", parts[1]);
                yield return ($"{Path.GetFileNameWithoutExtension(file)}/{parts[0]}/{Path.GetFileNameWithoutExtension(parts[2])}", entry.Open);
            }
        }
    }
}
