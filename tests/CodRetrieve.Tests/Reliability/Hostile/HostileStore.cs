using System.Text;
using CodRetrieve.IO;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Reliability.Hostile;

/// <summary>
/// A store whose study 1 has the hostile series 2 and the innocent series 9, each with instances 3 and 4. Retrieves the study and holds the
/// result to what every hostile input must leave whole: the other series, and the world outside of the directory.
/// </summary>
internal sealed class HostileStore
{
    public const string Token = "ya29.SECRET-of-hostile-tests";
    public static readonly byte[] A = Bytes.Random(1_000, seed: 3);
    public static readonly byte[] B = Bytes.Random(600, seed: 4);

    private readonly MemoryStore _store = new();

    public HostileStore()
    {
        PutSeries("9", Tar(), Encoding.UTF8.GetBytes(Index("9", Entry("3", A, 512) + "," + Entry("4", B, 512 + 1_024 + 512))));
        PutSeries("2", Tar(), Encoding.UTF8.GetBytes(Index("2", Entry("3", A, 512) + "," + Entry("4", B, 512 + 1_024 + 512))));
    }

    public MemoryStore Objects => _store;

    public LeakScan Scan { get; } = new();

    public static byte[] Tar() => [.. TarBlocks.File("instances/3.dcm", A), .. TarBlocks.File("instances/4.dcm", B), .. TarBlocks.End];

    public static string Index(string series, string entries) =>
        """{"study_uid":"1","series_uid":"SERIES","cod":{"instances":{ENTRIES}}}""".Replace("SERIES", series, StringComparison.Ordinal)
            .Replace("ENTRIES", entries, StringComparison.Ordinal);

    /// <summary>An entry of an index, with the things that must not be said beside what is needed; without a place where it is negative.</summary>
    public static string Entry(string sop, byte[] content, long start)
    {
        var headers = start < 0 ? "\"start_byte\":null,\"end_byte\":null" : $"\"start_byte\":{start},\"end_byte\":{start + content.Length}";
        var tags = """{"00100010":{"vr":"PN","Value":[{"Alphabetic":"Synthetic^Patient"}]}},"original_path":"gs://synthetic-incoming/x.dcm" """;
        return $"\"{sop}\":{{\"metadata\":{tags},\"size\":{content.Length},\"crc32c\":\"{Crc32C.Format(Crc32C.Append(0, content))}\",\"headers\":{{{headers}}}}}";
    }

    public void PutIndex(byte[] json) => _store.Put("studies/1/series/2/metadata.json", json);

    public void PutIndex(string json) => PutIndex(Encoding.UTF8.GetBytes(json));

    public void PutTar(byte[] tar) => _store.Put("studies/1/series/2.tar", tar);

    /// <summary>Retrieves study 1.</summary>
    /// <returns>The result, with the names that were saved of series 2.</returns>
    public async Task<(JobResult Result, string Saved)> RetrieveAsync()
    {
        using var folder = new TempFolder();
        var directory = Path.Combine(folder.Path, "a", "b");
        await using var cod = new CodDownload(new CodDownloadOptions
        {
            MaxRetryAttempts = 1,
            RetryDelay = TimeSpan.FromMilliseconds(1),
            LoggerFactory = Scan,
        });
        cod.InitDirectory(directory);
        cod.InitBucket(_store, null);
        var result = await Scan.Watch(cod.CreateWatchedJob(["1"])).RunAsync();
        Scan.Add(result);
        Scan.Add(await cod.GetStatsAsync(["1"]));

        Assert.Equal("a", Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName)));
        Assert.Equal("b", Assert.Single(Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, "a")).Select(Path.GetFileName)));
        var found = SavedFiles.InFolder(directory);
        Assert.Equal(["1/9/3", "1/9/4"], found.Keys.Where(key => key.StartsWith("1/9/", StringComparison.Ordinal)));
        Assert.All(found, pair => Assert.Contains(pair.Value, new[] { Sha256(A), Sha256(B) }));
        Assert.All(result.Failures, failure => Assert.Contains("studies/1/series/", failure.ToString(), StringComparison.Ordinal));
        Scan.AssertNothingLeaked(Token);
        return (result, string.Join(' ', found.Keys.Where(key => key.StartsWith("1/2/", StringComparison.Ordinal)).Select(key => key[4..])));
    }

    private void PutSeries(string series, byte[] tar, byte[] index)
    {
        _store.Put($"studies/1/series/{series}.tar", tar);
        _store.Put($"studies/1/series/{series}/metadata.json", index);
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
}
