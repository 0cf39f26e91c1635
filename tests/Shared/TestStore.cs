using CodRetrieve.Testing;

namespace CodRetrieve.Tests.Support;

/// <summary>A test server with one bucket, and options that reach it quickly.</summary>
public sealed class TestStore : IAsyncDisposable
{
    public const string BucketName = "test-bucket";
    public const string Prefix = "demo/dicomweb";
    public const string Url = "gs://" + BucketName + "/" + Prefix;

    private TestStore(GcsTestServer server)
    {
        Server = server;
        Bucket = server.CreateBucket(BucketName);
    }

    public GcsTestServer Server { get; }

    public TestBucket Bucket { get; }

    public static async Task<TestStore> StartAsync(GcsTestServerOptions? options = null) => new(await GcsTestServer.StartAsync(options));

    public CodDownloadOptions Options(Action<CodDownloadOptions>? change = null)
    {
        var options = new CodDownloadOptions
        {
            Endpoint = Server.Endpoint,
            RetryDelay = TimeSpan.FromMilliseconds(1),
            MaxRetryDelay = TimeSpan.FromMilliseconds(5),
            MaxOutage = TimeSpan.Zero,
        };
        change?.Invoke(options);
        options.LoggerFactory = LeakWatch.Loggers(options.LoggerFactory);
        return options;
    }

    public CodDownload Open(string directory, Action<CodDownloadOptions>? change = null)
    {
        var cod = new CodDownload(Options(change));
        cod.InitDirectory(directory);
        cod.InitBucket(Url);
        return cod;
    }

    public SyntheticStudy Put(SyntheticStudy study)
    {
        study.PutInto(Bucket, Prefix);
        return study;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
