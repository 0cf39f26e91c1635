using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;
using Xunit.Abstractions;

namespace CodRetrieve.Cli.Tests;

/// <summary>Kills the process again and again: what is visible must be whole each time, and nothing may be fetched without need.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 12;
    private const int Connections = 2;
    private const int InstanceBytes = 100_000;

    // The instance that a connection is in the middle of, saved ones that lie between wanted ones and are cheaper read through than
    // skipped (256 KiB), and what the server had handed to the socket when the process died.
    private const long WastePerConnection = InstanceBytes + (256 * 1024) + (256 * 1024);

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_at_random_moments_leaves_only_whole_instances_and_the_next_run_finishes(bool zip)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var store = await TestStore.StartAsync(new GcsTestServerOptions { BytesPerSecondPerConnection = 12_000_000 });
        var studies = Enumerable.Range(1, 5).Select(study => store.PutStudy(
            study, [.. Enumerable.Range(0, 2).Select(_ => new SyntheticSeriesOptions { InstanceCount = 30, InstanceSizeBytes = InstanceBytes, MetadataBytesPerInstance = 0 })])).ToList();
        var expected = SavedFiles.Expected(studies);
        var tarBytes = studies.SelectMany(study => study.Series).Sum(series => series.Tar.Length);
        string[] args = ["download", TestStore.Url, .. studies.Select(study => study.StudyUid), "-o", store.Folder.Output, "--quiet",
            "--connections", $"{Connections}", "--endpoint", store.Server.Endpoint.AbsoluteUri, .. zip ? ["--zip"] : Array.Empty<string>()];

        var fetched = 0L;
        var missing = tarBytes;
        for (var kill = 0; kill < Kills; kill++)
        {
            // Some runs die while they still plan, some while they write a zip; none gets far enough to leave nothing to the last one.
            var threshold = kill % 6 == 5 ? 0 : random.NextInt64(1, missing / 5);
            var inZip = zip && kill is (1 or 4);
            var bytes = await RunAndKillAsync(store.Server, args, () => inZip
                ? ZipBegunAsync(store.Folder.Output)
                : store.Server.WaitForRequestAsync(_ => TarBytes(store.Server) >= threshold));
            fetched += bytes;
            var saved = AssertWhole(store.Folder.Output, expected);
            missing = tarBytes - (saved * (long)InstanceBytes);
            output.WriteLine($"kill {kill} {(inZip ? "while a zip is written" : $"after {threshold} bytes")}: {bytes} bytes sent, {saved} of {expected.Count} instances whole");
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

    private static async Task<long> RunAndKillAsync(GcsTestServer server, string[] args, Func<Task> moment)
    {
        server.ClearRequests();
        var reached = moment();
        using var process = CliProcess.Start(args);
        Assert.Same(reached, await Task.WhenAny(reached, process.ExitAsync()));
        process.Kill();
        await process.ExitAsync();
        return await BytesSentAsync(server);
    }

    private static async Task ZipBegunAsync(string directory)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(directory, ".*.zip.partial");
        watcher.Created += (_, _) => begun.TrySetResult();
        watcher.EnableRaisingEvents = true;
        await begun.Task;
    }

    // A killed process is noticed by the server when it writes the next time.
    private static async Task<long> BytesSentAsync(GcsTestServer server)
    {
        await server.WaitForRequestAsync(_ => server.Requests.All(request => request.IsCompleted));
        return TarBytes(server);
    }

    private static long TarBytes(GcsTestServer server) => server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal));

    /// <summary>Looks at everything that can be seen, that which waits for its zip included.</summary>
    /// <returns>How many different instances there are.</returns>
    private static int AssertWhole(string directory, SortedDictionary<string, string> expected)
    {
        Leftovers.AssertLogIsJson(directory);
        var found = SavedFiles.In(directory, zip: false).Concat(SavedFiles.In(directory, zip: true))
            .Concat(SavedFiles.In(Path.Combine(directory, ".codretrieve", "staging"), zip: false)).ToList();
        Assert.All(found, instance => Assert.Equal(expected[instance.Key], instance.Value));
        return found.Select(instance => instance.Key).Distinct(StringComparer.Ordinal).Count();
    }
}
