using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Xunit.Abstractions;

namespace CodRetrieve.Tests.Reliability.Mutations;

/// <summary>Whole jobs over damaged stores: what is saved is right or reported, and lies nowhere but in its directory.</summary>
[Collection(AloneCollection.Name)]
[Trait("Duration", "long")]
public sealed class JobMutationTests(ITestOutputHelper output)
{
    private const string Study = "1.2.3";

    private readonly SyntheticStudy _study = StudyOf();
    private readonly LeakScan _scan = new();
    private readonly CodDownloadOptions _options = new()
    {
        MaxRetryAttempts = 1,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetryDelay = TimeSpan.FromMilliseconds(1),
    };

    [Theory(Timeout = 500_000)]
    [InlineData("metadata.json", 300)]
    [InlineData("tar", 300)]
    [InlineData("listing", 200)]
    public async Task A_damaged_store_gives_right_instances_or_failures(string damaged, int jobs)
    {
        _options.LoggerFactory = _scan;
        var objects = await ObjectsAsync();
        var expected = _study.Expected();
        var originals = expected.Values.ToHashSet(StringComparer.Ordinal);

        await new MutationRun(output).RunAsync(jobs, async (mutator, random) =>
        {
            var store = Damaged(objects, damaged, mutator, random);
            var zip = random.Next(2) == 0;
            using var folder = new TempFolder();
            var directory = Path.Combine(folder.Path, "a", "b");
            await using var cod = new CodDownload(_options);
            cod.InitDirectory(directory);
            cod.InitBucket(store, "p");
            var job = _scan.Watch(cod.CreateWatchedJob([Study], zip ? OutputFormat.Zip : OutputFormat.Folder));
            var result = await job.RunAsync();
            _scan.Add(result);

            Assert.Equal("a", Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName)));
            Assert.Equal("b", Assert.Single(Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, "a")).Select(Path.GetFileName)));
            var isZipped = zip && Directory.EnumerateFiles(directory, "*.zip").Any();
            var found = zip && !isZipped ? [] : SavedFiles.In(directory, isZipped);
            var wrong = found.Where(pair => expected.GetValueOrDefault(pair.Key) != pair.Value && !originals.Contains(pair.Value)).ToList();
            Assert.True(wrong.Count <= result.InstancesUnverified, $"{wrong.Count} wrong instances, {result.InstancesUnverified} of them said to be unverified.");
            if (damaged == "tar")
            {
                Assert.Equal(0, result.InstancesUnverified);
                Assert.Equal(expected.Count, result.InstancesSaved + result.InstancesFailed);
                Assert.All(found, pair => Assert.Equal(expected[pair.Key], pair.Value));
            }

            return result.Outcome.ToString();
        });
        _scan.AssertNothingLeaked();
    }

    private static SyntheticStudy StudyOf()
    {
        var study = new SyntheticStudy(Study, seed: 5);
        study.AddSeries(new() { SeriesInstanceUid = "1.2.3.4", InstanceCount = 4, InstanceSizeBytes = 2_000, MetadataBytesPerInstance = 100, PackMetadata = false });
        study.AddSeries(new() { SeriesInstanceUid = "1.2.3.5", InstanceCount = 3, InstanceSizeBytes = 2_000, MetadataBytesPerInstance = 100, NullHeaders = true, PackMetadata = false });
        return study;
    }

    private async Task<Dictionary<string, (byte[] Content, string? Encoding)>> ObjectsAsync()
    {
        await using var server = await GcsTestServer.StartAsync();
        var bucket = server.CreateBucket("synthetic");
        _study.PutInto(bucket, "p");
        var objects = new Dictionary<string, (byte[], string?)>(StringComparer.Ordinal);
        foreach (var name in bucket.Names)
        {
            var item = bucket.Get(name);
            objects[name] = ((await item.Content.ReadAllAsync(CancellationToken.None)).ToArray(), item.ContentEncoding);
        }

        return objects;
    }

    private static MemoryStore Damaged(Dictionary<string, (byte[] Content, string? Encoding)> objects, string damaged, Mutator mutator, Random random)
    {
        var store = new MemoryStore();
        var names = objects.Keys.Where(name => name.EndsWith(damaged, StringComparison.Ordinal)).Append("").ToList();
        var hit = names[random.Next(Math.Max(1, names.Count - 1))];
        foreach (var (name, (content, encoding)) in objects)
        {
            var isHit = name == hit;
            var bytes = !isHit ? content : encoding is null && damaged != "tar" && random.Next(2) == 0 ? new StructureMutator(random).Damage(content) : mutator.Damage(content);
            // Damaged in the store, so that the listing says the truth, or on the way.
            store.Put(name, bytes, isHit && random.Next(2) == 0 ? content : bytes, encoding);
        }

        if (damaged == "listing")
        {
            var name = objects.Keys.ElementAt(random.Next(objects.Count));
            var (content, listed) = store.Objects[name];
            store.Objects[name] = (content, random.Next(5) switch
            {
                0 => listed with { SizeBytes = random.NextInt64(long.MaxValue) },
                1 => listed with { SizeBytes = random.Next(content.Length) },
                2 => listed with { Generation = random.NextInt64() },
                3 => listed with { Crc32c = (uint)random.Next() },
                _ => listed with { Name = "p/studies/1.2.3/series/" + System.Text.Encoding.Latin1.GetString(mutator.Damage("1.2.3.4/metadata.json"u8.ToArray())) },
            });
        }

        return store;
    }
}
