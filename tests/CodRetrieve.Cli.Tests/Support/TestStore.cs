using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>A test server with one bucket, and the command line run against it inside the test's process.</summary>
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

    public TempFolder Folder { get; } = new();

    public Dictionary<string, string?> Environment { get; } = new(StringComparer.Ordinal);

    public bool IsInteractive { get; set; }

    public static async Task<TestStore> StartAsync(GcsTestServerOptions? options = null) => new(await GcsTestServer.StartAsync(options));

    /// <summary>Puts a study of small series.</summary>
    public SyntheticStudy PutStudy(int seed = 1, params SyntheticSeriesOptions[] series)
    {
        var study = new SyntheticStudy(seed: seed);
        foreach (var options in series.Length > 0 ? series : [new SyntheticSeriesOptions { InstanceCount = 3 }, new SyntheticSeriesOptions { InstanceCount = 2 }])
        {
            study.AddSeries(options);
        }

        study.PutInto(Bucket, Prefix);
        return study;
    }

    /// <summary>Runs the command line against the server.</summary>
    public Task<CliResult> RunAsync(params string[] args) => RunAsync(CancellationToken.None, args);

    public Task<CliResult> RunAsync(CancellationToken cancellationToken, params string[] args) =>
        RunBareAsync(cancellationToken, [.. args, "--endpoint", Server.Endpoint.AbsoluteUri]);

    /// <summary>Runs the command line with these arguments and no others.</summary>
    public async Task<CliResult> RunBareAsync(CancellationToken cancellationToken, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, Environment) { IsInteractive = IsInteractive };
        var code = await App.RunAsync(args, terminal, cancellationToken);
        return new CliResult(code, output.ToString(), error.ToString()).Watched();
    }

    public Task<CliResult> DownloadAsync(SyntheticStudy study, params string[] more) =>
        RunAsync(["download", Url, study.StudyUid, "-o", Folder.Output, .. more]);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Folder.Dispose();
    }
}
