using System.IO.Compression;
using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Google.Cloud.Storage.V1;

namespace CodRetrieve.Tests.GoogleCloudStorage;

/// <summary>The store over Google's client and the built-in one, asked for the same: they list, read and fail alike, to the word.</summary>
public sealed class SameAsBuiltInTests
{
    private static readonly Dictionary<string, Fault> All = new(StringComparer.Ordinal)
    {
        ["400"] = Fault.Status(400),
        ["400 requester pays"] = Fault.Status(400, body: Error("required", "No user project.")),
        ["401"] = Fault.Unauthorized(),
        ["403"] = Fault.Status(403),
        ["403 rate"] = Fault.Status(403, body: Error("rateLimitExceeded", "Slow down.")),
        ["403 with a token"] = Fault.Status(403, body: Error("forbidden", "Bearer ya29.SECRET is refused.")),
        ["403 as HTML"] = Fault.Status(403, body: "<html><body>Forbidden</body></html>"),
        ["403 of 10 MB"] = Fault.Status(403, body: new string('x', 10_000_000)),
        ["404"] = Fault.Status(404),
        ["407"] = Fault.Status(407),
        ["408"] = Fault.Status(408),
        ["412"] = Fault.Status(412),
        ["416"] = Fault.Status(416),
        ["429 with a wait"] = Fault.Status(429, TimeSpan.FromSeconds(7)),
        ["500"] = Fault.Status(500),
        ["503 with a wait"] = Fault.Status(503, TimeSpan.FromMinutes(2), "busy"),
        ["504"] = Fault.Status(504),
        ["418"] = Fault.Status(418),
        ["redirect"] = Fault.Redirect(new Uri("http://127.0.0.1:1/elsewhere")),
        ["304"] = Fault.Status(304),
        ["204"] = Fault.Status(204),
        ["reset before headers"] = Fault.ResetBeforeHeaders(),
        ["reset within headers"] = Fault.ResetWithinHeaders(),
        ["no listing"] = Fault.RawBody("[]"u8.ToArray()),
        ["no JSON"] = Fault.RawBody("<html>Welcome"u8.ToArray()),
        ["nothing"] = Fault.RawBody(default),
        ["a listing of another"] = Fault.RawBody("""{"kind":"storage#buckets"}"""u8.ToArray()),
        ["a wrong size"] = Fault.RawBody("""{"kind":"storage#objects","items":[{"name":"o","size":"-1"}]}"""u8.ToArray()),
        ["cut"] = Fault.CutAfter(40),
        ["closed"] = Fault.CloseAfter(40),
        ["wrong range"] = Fault.WrongContentRange(512),
        ["range ignored"] = Fault.IgnoreRange(),
        ["range as 200"] = Fault.RangeAsStatus200(),
        ["wrong generation"] = Fault.WrongGeneration(1),
    };

    public static TheoryData<string> Faults => new(All.Keys);

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Faults))]
    public async Task They_fail_alike(string fault)
    {
        await using var store = await OpenStore.StartAsync();
        Put(store);
        store.Faults.Add(All[fault]);

        await AssertSameAsync(store);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_list_and_read_alike(bool requesterPays)
    {
        await using var store = await OpenStore.StartAsync(options => options.UserProject = requesterPays ? "my-project" : null, new() { MaxResultsPerPage = 2 });
        store.Bucket.RequesterPays = requesterPays;
        Put(store);

        var said = await AssertSameAsync(store);

        Assert.Contains("o 1000 ", said, StringComparison.Ordinal);
        Assert.Contains("RangeNotSatisfiable", said, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task They_need_a_project_alike()
    {
        await using var store = await OpenStore.StartAsync();
        store.Bucket.RequesterPays = true;
        Put(store);

        Assert.Contains("Forbidden 400", await AssertSameAsync(store), StringComparison.Ordinal);
    }

    private static void Put(OpenStore store)
    {
        store.Bucket.Put("o", Bytes.Random(1_000));
        store.Bucket.Put("a b+%/ü", Bytes.Random(10));
        store.Bucket.Put("empty", default(ReadOnlyMemory<byte>));
        using var stored = new MemoryStream();
        using (var gzip = new GZipStream(stored, CompressionLevel.Fastest))
        {
            gzip.Write(new byte[10_000]);
        }

        store.Bucket.Put("gzip", stored.ToArray(), contentEncoding: "gzip");
    }

    private static async Task<string> AssertSameAsync(OpenStore store)
    {
        using var client = new StorageClientBuilder { UnauthenticatedAccess = true, BaseUri = $"{store.Server.Endpoint}storage/v1/" }.Build();
        var other = new StorageClientObjectStore(client, TestStore.BucketName, new() { UserProject = store.Options.UserProject });
        var (expected, actual) = (await SayAsync(store, store.Gcs), await SayAsync(store, other));
        Assert.Equal(expected, actual);
        Assert.DoesNotContain("SECRET", expected, StringComparison.Ordinal);
        return expected;
    }

    /// <summary>What a store says to everything that it can be asked for.</summary>
    private static async Task<string> SayAsync(OpenStore store, IObjectStore objects)
    {
        var generation = store.Bucket.Get("o").Generation;
        var lines = new List<string> { objects.GetUri("a b/ü?#%") };
        lines.Add(await ListAsync(objects, "", null));
        lines.Add(await ListAsync(objects, "o", null));
        lines.Add(await ListAsync(objects, "", "not a token"));
        (string, long?, ByteRange?)[] reads =
        [
            ("o", null, null), ("o", generation, null), ("o", generation - 1, null), ("o", null, new(0, 1)), ("o", generation, new(999, 1_000)), ("o", null, new(990, 2_000)),
            ("o", null, new(1_000, 1_001)), ("empty", null, null), ("empty", null, new(0, 1)), ("none", null, null), ("none", 1, new(0, 1)), ("a b+%/ü", null, null),
            ("gzip", null, null), ("gzip", null, new(5, 20)),
        ];
        foreach (var (name, pinned, range) in reads)
        {
            lines.Add($"{name} {range}: {await ReadAsync(objects, name, pinned, range)}");
        }

        return string.Join('\n', lines);
    }

    private static Task<string> ListAsync(IObjectStore objects, string prefix, string? token) => SayAsync(async () =>
    {
        var page = await objects.ListAsync(prefix, token, CancellationToken.None);
        return $"{string.Join(", ", page.Items.Select(item => $"{item.Name} {item}"))} {string.Join(',', page.Prefixes)} {page.NextPageToken}";
    });

    private static Task<string> ReadAsync(IObjectStore objects, string name, long? generation, ByteRange? range) => SayAsync(async () =>
    {
        await using var body = await objects.OpenReadAsync(name, generation, range, CancellationToken.None);
        var facts = $"{name} {body.LengthBytes} {body.ObjectSizeBytes} {body.Offset} {body.HasContentRange} {body.Generation} {body.IsCompressed} {body.IsDecompressed}";
        return $"{facts} {Convert.ToHexString(await body.Content.ReadToEndAsync())}";
    });

    private static async Task<string> SayAsync(Func<Task<string>> call)
    {
        try
        {
            return await call();
        }
        catch (ObjectStoreException e)
        {
            return $"{e.Reason} {e.StatusCode} {e.RetryAfter} {e.Message}";
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return e.GetType().Name;
        }
    }

    private static string Error(string reason, string message) =>
        $$$"""{"error":{"code":400,"message":"{{{message}}}","errors":[{"message":"{{{message}}}","domain":"global","reason":"{{{reason}}}"}]}}""";
}
