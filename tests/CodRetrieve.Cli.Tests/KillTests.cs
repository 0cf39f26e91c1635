using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;
using Xunit.Abstractions;

namespace CodRetrieve.Cli.Tests;

/// <summary>Kills the process again and again: what is visible must be whole each time, and nothing may be fetched without need.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 100;
    private const int Connections = 2;
    private const int InstanceBytes = 50_000;
    private const int Instances = 2400;

    // The headers and the padding of an instance in its tar.
    private const int OverheadBytes = 2048;

    // What a connection may have in flight when it is killed: an instance that is not saved yet, and what the server has handed to the
    // socket (slowly, so that a process which a loaded machine holds up leaves little in there). And what the next run may read for nothing because of it: the saved instances that lie between the wanted ones, which
    // another connection had saved already, where they are cheaper read through than skipped (256 KiB).
    private const long WastePerConnection = InstanceBytes + OverheadBytes + SocketBytes + (256 * 1024);
    private const long SocketBytes = 256 * 1024;

    [Theory(Timeout = 600_000)]
    [Trait("Duration", "long")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_at_random_moments_leaves_only_whole_instances_and_the_next_run_finishes(bool zip)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { BytesPerSecondPerConnection = 2_000_000 });
        var studies = Enumerable.Range(1, 6).Select(study => store.PutStudy(
            study, [.. Enumerable.Range(0, 4).Select(_ => new SyntheticSeriesOptions { InstanceCount = Instances / 24, InstanceSizeBytes = InstanceBytes, MetadataBytesPerInstance = 0 })])).ToList();
        var expected = studies.Expected();
        var tarBytes = studies.SelectMany(study => study.Series).Sum(series => series.Tar.Length);
        string[] args = ["download", TestStore.Url, .. studies.Select(study => study.StudyInstanceUid), "-o", store.Folder.Output, "--quiet",
            "--connections", $"{Connections}", "--endpoint", store.Server.Endpoint.AbsoluteUri, .. zip ? ["--zip"] : Array.Empty<string>()];

        var fetched = 0L;
        var missing = tarBytes;
        var whole = new WholeFiles(expected);
        for (var kill = 0; kill < Kills; kill++)
        {
            // Some runs die while they still plan; the others take a part of their share of what is left, since more comes until they are dead.
            var threshold = kill % 10 == 9 ? 0 : random.NextInt64(1, 2 + (missing / (2 * (Kills + 1 - kill))));
            var bytes = await RunAndKillAsync(store.Server, args, threshold);
            fetched += bytes;
            var saved = whole.AssertIn(store.Folder.Output);
            missing = tarBytes - (saved * (long)InstanceBytes);
            output.WriteLine($"kill {kill} after {threshold} bytes: {bytes} bytes sent, {saved} of {expected.Count} instances whole");
        }

        store.Server.ClearRequests();
        var last = await CliProcess.RunAsync(args);
        fetched += await BytesSentAsync(store.Server);

        Assert.Equal(new CliResult(0, "", ""), last);
        Assert.Equal(expected, SavedFiles.In(store.Folder.Output, zip));
        Assert.Empty(Leftovers.In(store.Folder.Output));
        output.WriteLine($"{fetched} bytes fetched for {tarBytes}");
        Assert.InRange(fetched, expected.Count * (long)InstanceBytes, tarBytes + (Kills * Connections * WastePerConnection));
    }

    private static async Task<long> RunAndKillAsync(GcsTestServer server, string[] args, long threshold)
    {
        server.ClearRequests();
        var reached = server.WaitForRequestAsync(_ => TarBytes(server) >= threshold);
        using var process = CliProcess.Start(args);
        Assert.Same(reached, await Task.WhenAny(reached, process.ExitAsync()));
        process.Kill();
        await process.ExitAsync();
        return await BytesSentAsync(server);
    }

    // A killed process is noticed by the server when it writes the next time.
    private static async Task<long> BytesSentAsync(GcsTestServer server)
    {
        await server.WaitForRequestAsync(_ => server.Requests.All(request => request.IsCompleted));
        return TarBytes(server);
    }

    private static long TarBytes(GcsTestServer server) => server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal));
}
