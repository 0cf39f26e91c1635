using System.IO.Compression;
using System.Security.Cryptography;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>
/// Looks again and again at everything that a directory shows, that in unfinished zips included. Files and zips that are still the
/// same as at the last look, by length and time, are not read again.
/// </summary>
public sealed class WholeFiles(IReadOnlyDictionary<string, string> expected)
{
    private readonly Dictionary<string, (FileStamp Stamp, IReadOnlyList<string> Names)> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether only files and zips with their final names are looked at, as others may be written meanwhile.</summary>
    public bool IgnoresUnfinished { get; init; }

    /// <summary>Checks that what is there has the bytes that it must have, and that the log can be read.</summary>
    /// <returns>How many different instances there are.</returns>
    public int AssertIn(string directory)
    {
        Leftovers.AssertLogIsJson(directory);
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.Exists(directory) ? new DirectoryInfo(directory).EnumerateFiles("*", Leftovers.Everything) : [])
        {
            if (file.Extension is ".dcm" or ".zip" && file.Name[0] != '.' || (!IgnoresUnfinished && UnfinishedZips.IsName(file.FullName)))
            {
                var stamp = new FileStamp(file.Length, file.LastWriteTimeUtc);
                if (!_seen.TryGetValue(file.FullName, out var seen) || seen.Stamp != stamp)
                {
                    _seen[file.FullName] = seen = (stamp, Read(file));
                }

                found.UnionWith(seen.Names);
            }
        }

        return found.Count;
    }

    private List<string> Read(FileInfo file)
    {
        if (UnfinishedZips.IsName(file.FullName))
        {
            return [.. UnfinishedZips.Read(file.FullName).Select(instance =>
            {
                Assert.Equal(expected[instance.Key], instance.Value);
                return instance.Key;
            })];
        }

        if (file.Extension != ".zip")
        {
            var series = file.Directory!.Parent!;
            using var stream = file.OpenRead();
            return [Checked($"{series.Parent!.Name}/{series.Name}/{Path.GetFileNameWithoutExtension(file.Name)}", stream)];
        }

        using var zip = ZipFile.OpenRead(file.FullName);
        var names = new List<string>();
        foreach (var entry in zip.Entries)
        {
            using var stream = entry.Open();
            names.Add(Checked($"{Path.GetFileNameWithoutExtension(file.Name)}/{entry.FullName.Split('/')[0]}/{Path.GetFileNameWithoutExtension(entry.Name)}", stream));
        }

        return names;
    }

    private string Checked(string name, Stream content)
    {
        Assert.Equal(expected[name], Convert.ToHexStringLower(SHA256.HashData(content)));
        return name;
    }

    private readonly record struct FileStamp(long Length, DateTime Written);
}
