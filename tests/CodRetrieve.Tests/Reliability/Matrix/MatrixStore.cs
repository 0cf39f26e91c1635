using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Reliability.Matrix;

/// <summary>A server with the one series that every cell of the matrix retrieves, over one connection so that nothing depends on timing.</summary>
internal sealed class MatrixStore : IAsyncDisposable
{
    public const int Instances = 12;
    public const int InstanceBytes = 500_000;
    public const string Token = "ya29.SECRET-token-of-the-matrix";

    private readonly TestStore _store;
    private readonly HttpClientSource _http;
    private int _tokens;

    private MatrixStore(TestStore store)
    {
        _store = store;
        Study = new SyntheticStudy(seed: 31);
        Study.AddSeries(new() { InstanceCount = Instances, InstanceSizeBytes = InstanceBytes });
        store.Put(Study);
        Options = store.Options(options =>
        {
            options.MaxConnections = 1;
            options.MaxRetryAttempts = 3;
            options.Credential = CodCredential.FromTokenProvider(_ => ValueTask.FromResult(Token + Interlocked.Increment(ref _tokens)));
            options.LoggerFactory = Scan;
        });
        _http = new HttpClientSource(Options);
    }

    public LeakScan Scan { get; } = new();

    public GcsTestServer Server => _store.Server;

    public SyntheticStudy Study { get; }

    public CodDownloadOptions Options { get; }

    public byte[] ListingWithAnotherGeneration { get; private set; } = [];

    public byte[] ListingWithoutTar { get; private set; } = [];

    public static async Task<MatrixStore> StartAsync()
    {
        var store = new MatrixStore(await TestStore.StartAsync(new() { FaultSeed = 17 }));
        await store.PrepareListingsAsync();
        return store;
    }

    public static bool IsTar(string name) => name.EndsWith(".tar", StringComparison.Ordinal);

    public CountingStore OpenBucket()
    {
        var options = Options.Validated();
        return new(new GcsObjectStore(_http, TestStore.BucketName, options.Credential, options));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _store.DisposeAsync();
    }

    private async Task PrepareListingsAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Server.Endpoint, $"storage/v1/b/{TestStore.BucketName}/o?fields=kind,items(name,size,generation,crc32c,contentEncoding)"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var response = await _http.GetClient().SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        ListingWithAnotherGeneration = Changed(text, (_, tar) => tar["generation"] = "7");
        ListingWithoutTar = Changed(text, (items, tar) => items.Remove(tar));
        Server.ClearRequests();
    }

    private static byte[] Changed(string listing, Action<JsonArray, JsonNode> change)
    {
        var root = JsonNode.Parse(listing)!;
        var items = root["items"]!.AsArray();
        change(items, items.Single(item => IsTar(item!["name"]!.GetValue<string>()))!);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }
}
