using System.IO.Compression;
using System.Text.Json;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

/// <summary>Selections over the stores that the COD writer wrote, in both formats of the index.</summary>
public sealed class WriterSelectionTests
{
    [FixtureTheory]
    [InlineData("fixtures", "Modality=CT", "s1-ct40-scrambled,s1-append-twice,s1-ct12-thumbnail,s2-ct20")]
    [InlineData("fixtures-v2", "Modality=CT", "")]
    [InlineData("fixtures", "InstanceNumber between 3 and 5", "")]
    [InlineData("fixtures-v2", "InstanceNumber in (1, 2) or InstanceNumber > 18", "")]
    [InlineData("fixtures", "not (Modality=CT) and Rows >= 1", "")]
    public async Task Exactly_the_instances_that_meet_the_condition_are_saved(string fixtures, string condition, string atLeast)
    {
        var (root, bucket, prefix) = Find(fixtures);
        await using var server = await Testing.GcsTestServer.StartAsync();
        server.CreateBucket(bucket).PutDirectory(Path.Combine(root, "bucket"));
        using var folder = new TempFolder();
        await using var cod = new CodDownload(new CodDownloadOptions { Endpoint = server.Endpoint, EditWaitTimeout = TimeSpan.Zero, LoggerFactory = LeakWatch.Loggers() });
        cod.InitDirectory(folder.Path);
        cod.InitBucket($"gs://{bucket}/{prefix}");
        var all = Instances(Path.Combine(root, "bucket")).ToList();
        var filter = InstanceFilter.Parse(condition);

        var result = await cod.CreateJob(all.Select(one => one.Study).Distinct(StringComparer.Ordinal), selection: new Selection().Where(condition)).RunAsync();

        var expected = all.Where(one => filter.Matches(new InstanceAttributes(one.Attributes)) == true).ToList();
        Assert.InRange(expected.Count, 1, all.Count - 1);
        var failed = result.Series.SelectMany(series => series.Failures).Sum(failure => failure.InstanceCount);
        Assert.Equal(expected.Count, result.InstancesSaved + failed);
        Assert.Superset(SavedFiles.InFolder(folder.Path).Keys.ToHashSet(StringComparer.Ordinal), expected.Select(one => $"{one.Study}/{one.Series}/{one.Sop}").ToHashSet(StringComparer.Ordinal));
        Assert.Equal(all.Count - expected.Count, result.InstancesNotSelected);
        if (atLeast.Length > 0)
        {
            var saved = SavedFiles.InFolder(folder.Path);
            Assert.All(atLeast.Split(','), label => Assert.All(SharedFixtures.Find()![label].Instances, one => Assert.Contains(saved.Keys, key => key.EndsWith(one.Sop, StringComparison.Ordinal))));
        }
    }

    private static (string Root, string Bucket, string Prefix) Find(string name)
    {
        var root = Path.Combine(Path.GetDirectoryName(SharedFixtures.Find()!.Root)!, name);
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "manifest.json")));
        return (root, SharedFixtures.Find()!.Bucket, SharedFixtures.Find()!.Prefix);
    }

    // By another reader than the library's.
    private static IEnumerable<(string Study, string Series, string Sop, byte[] Attributes)> Instances(string bucket)
    {
        foreach (var file in Directory.EnumerateFiles(bucket, "metadata.json", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            using var source = bytes[0] == 0x1F ? new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress) : (Stream)new MemoryStream(bytes);
            using var reader = new StreamReader(source);
            using var json = JsonDocument.Parse(reader.ReadToEnd().Replace("-Infinity", "0", StringComparison.Ordinal).Replace("Infinity", "0", StringComparison.Ordinal).Replace("NaN", "0", StringComparison.Ordinal));
            var series = Path.GetFileName(Path.GetDirectoryName(file)!);
            var study = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(file)!)!)!);
            foreach (var instance in json.RootElement.GetProperty("cod").GetProperty("instances").EnumerateObject())
            {
                var metadata = instance.Value.GetProperty("metadata");
                yield return (study, series, instance.Name, metadata.ValueKind == JsonValueKind.String ? Decompress(metadata.GetBytesFromBase64()) : System.Text.Encoding.UTF8.GetBytes(metadata.GetRawText()));
            }
        }
    }

    private static byte[] Decompress(byte[] frame)
    {
        using var zstd = new ZstdSharp.DecompressionStream(new MemoryStream(frame));
        var json = new MemoryStream();
        zstd.CopyTo(json);
        return json.ToArray();
    }
}
