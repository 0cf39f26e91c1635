using CodRetrieve.Storage;
using CodRetrieve.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodRetrieve.Tests.Support;

/// <summary>A test server seen through the library's own store and reader.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    private readonly TestStore _store;
    private readonly HttpClientSource _http;

    private OpenStore(TestStore store, CodDownloadOptions options)
    {
        _store = store;
        Options = options;
        _http = new HttpClientSource(options);
        Gcs = new GcsObjectStore(_http, TestStore.BucketName, options.Credential, options);
        Objects = new ObjectReader(Gcs, new RequestPolicy(options, NullLogger.Instance), RequestBudget.Fixed(options.MaxConnections));
    }

    public static async Task<OpenStore> StartAsync(Action<CodDownloadOptions>? change = null, GcsTestServerOptions? server = null)
    {
        var store = await TestStore.StartAsync(server);
        return new OpenStore(store, store.Options(change).Validated());
    }

    public CodDownloadOptions Options { get; }

    public GcsTestServer Server => _store.Server;

    public TestBucket Bucket => _store.Bucket;

    public FaultPlan Faults => _store.Server.Faults;

    public GcsObjectStore Gcs { get; }

    public ObjectReader Objects { get; }

    public SyntheticStudy Put(SyntheticStudy study) => _store.Put(study);

    /// <summary>Puts an object and gives the slice that a listing would lead to.</summary>
    public ObjectRange Put(byte[] content, ByteRange? range = null, string name = "object")
    {
        var item = Bucket.Put(name, content);
        return new ObjectRange(name, item.Generation, content.Length, range);
    }

    /// <summary>Opens, reads to the end, and closes.</summary>
    public async Task<byte[]> ReadAsync(ObjectRange slice)
    {
        await using var stream = await Objects.OpenAsync(slice, null, CancellationToken.None);
        return await stream.ReadToEndAsync();
    }

    public async Task<ObjectStoreException> FailAsync(ObjectRange slice) =>
        await Assert.ThrowsAsync<ObjectStoreException>(() => ReadAsync(slice));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _store.DisposeAsync();
    }
}
