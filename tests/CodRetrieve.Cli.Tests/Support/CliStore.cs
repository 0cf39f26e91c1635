using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>A store, a folder, and the command line run against them inside the test's process.</summary>
public sealed class CliStore : IAsyncDisposable
{
    private readonly TestStore _store;

    private CliStore(TestStore store) => _store = store;

    public GcsTestServer Server => _store.Server;

    public TestBucket Bucket => _store.Bucket;

    public TempFolder Folder { get; } = new();

    public Dictionary<string, string?> Environment { get; } = new(StringComparer.Ordinal);

    public bool IsInteractive { get; set; }

    /// <summary>What standard input holds.</summary>
    public string Input { get; set; } = "";

    public static async Task<CliStore> StartAsync(GcsTestServerOptions? options = null) => new(await TestStore.StartAsync(options));

    /// <summary>Puts a study of small series.</summary>
    public SyntheticStudy PutStudy(int seed = 1, params SyntheticSeriesOptions[] series)
    {
        var study = new SyntheticStudy(seed: seed);
        foreach (var options in series.Length > 0 ? series : [new SyntheticSeriesOptions { InstanceCount = 3 }, new SyntheticSeriesOptions { InstanceCount = 2 }])
        {
            study.AddSeries(options);
        }

        return _store.Put(study);
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
        var terminal = new Terminal(output, error, Environment) { IsInteractive = IsInteractive, Input = () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Input)) };
        var code = await App.RunAsync(args, terminal, cancellationToken);
        return new CliResult(code, output.ToString(), error.ToString()).Watched(args);
    }

    public Task<CliResult> DownloadAsync(SyntheticStudy study, params string[] more) =>
        RunAsync(["download", TestStore.Url, study.StudyInstanceUid, "-o", Folder.Output, .. more]);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Folder.Dispose();
    }
}
