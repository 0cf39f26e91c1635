using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;
using Xunit.Abstractions;

namespace CodRetrieve.Cli.Tests;

/// <summary>Several processes that save into one directory, some of which are killed.</summary>
public sealed class SharedRootTests(ITestOutputHelper output)
{
    private const int Kills = 50;
    private const int Connections = 2;
    private const int InstanceBytes = 50_000;

    // What a killed process may have fetched without saving it: see KillTests.
    private const long WastePerConnection = InstanceBytes + 2048 + (512 * 1024);

    private static readonly string[] WithoutLocksOfNet = ["env", "DOTNET_SYSTEM_IO_DISABLEFILELOCKING=1"];

    [Theory(Timeout = 180_000)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task Four_processes_with_overlapping_lists_fetch_each_instance_once(bool zip, bool netLocks)
    {
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { Latency = TimeSpan.FromMilliseconds(20) });
        var studies = Enumerable.Range(1, 12).Select(seed => store.PutStudy(seed, new SyntheticSeriesOptions { InstanceCount = 20, InstanceSizeBytes = 10_000 })).ToList();

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            var list = studies.Skip(2 * i).Concat(studies.Take(2 * i)).Take(9).Select(study => study.StudyInstanceUid).ToArray();
            using var process = CliProcess.Start(netLocks ? [] : WithoutLocksOfNet, [.. Args(store, store.Folder.Output, zip, list), "--json"]);
            return await process.EndAsync();
        }));

        Assert.All(results, result => Assert.Equal((0, 180), (result.ExitCode, Number(result, "instancesSaved") + Number(result, "instancesSkipped"))));
        Assert.Equal(240, results.Sum(result => Number(result, "instancesSaved")));
        Assert.InRange(TarBytes(store.Server), 240 * 10_000, studies.SelectMany(study => study.Series).Sum(series => series.Tar.Length));
        Assert.Equal(studies.Expected(), SavedFiles.In(store.Folder.Output, zip));
        Assert.Empty(Leftovers.In(store.Folder.Output));
    }

    [Theory(Timeout = 600_000)]
    [Trait("Duration", "long")]
    [InlineData(2, false, true)]
    [InlineData(2, true, false)]
    [InlineData(4, false, false)]
    [InlineData(4, true, true)]
    public async Task Killed_at_random_moments_they_leave_only_whole_instances_and_the_others_finish(int processes, bool zip, bool inMemory)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var memory = inMemory && Directory.Exists("/dev/shm") ? new TempFolder("/dev/shm") : null;
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { BytesPerSecondPerConnection = 2_000_000 / processes });
        var root = (memory ?? store.Folder).Output;
        var studies = Enumerable.Range(1, 8).Select(study => store.PutStudy(
            study, [.. Enumerable.Range(0, 3).Select(_ => new SyntheticSeriesOptions { InstanceCount = 100, InstanceSizeBytes = InstanceBytes, MetadataBytesPerInstance = 0 })])).ToList();
        var expected = studies.Expected();
        var tarBytes = studies.SelectMany(study => study.Series).Sum(series => series.Tar.Length);
        var running = Enumerable.Range(0, processes).Select(Start).ToList();
        var whole = new WholeFiles(expected) { IgnoresUnfinished = true };
        for (var kill = 0; kill < Kills; kill++)
        {
            // A part of what is left; when all is saved, the processes that begin and end again are killed.
            var threshold = TarBytes(store.Server) + random.NextInt64(Math.Max(1, (tarBytes - TarBytes(store.Server)) / (Kills + 1 - kill)));
            await store.Server.WaitForRequestAsync(_ => TarBytes(store.Server) >= threshold || running.TrueForAll(process => process.HasExited));
            var victim = random.Next(processes);
            running[victim].Kill();
            await running[victim].ExitAsync();
            running[victim].Dispose();
            var saved = whole.AssertIn(root);
            output.WriteLine($"kill {kill} at {TarBytes(store.Server)} bytes: {saved} of {expected.Count} instances whole");
            running[victim] = Start(victim);
        }

        foreach (var process in running)
        {
            Assert.Equal(new CliResult(0, "", ""), await process.EndAsync());
            process.Dispose();
        }

        Assert.Equal(expected, SavedFiles.In(root, zip));
        Assert.Empty(Leftovers.In(root));
        output.WriteLine($"{TarBytes(store.Server)} bytes fetched for {tarBytes}");
        Assert.InRange(TarBytes(store.Server), expected.Count * (long)InstanceBytes, tarBytes + (Kills * Connections * WastePerConnection));
        store.Server.ClearRequests();
        Assert.Equal(new CliResult(0, "", ""), await CliProcess.RunAsync(Args(store, root, zip, [.. studies.Select(study => study.StudyInstanceUid)])));
        Assert.Equal(0, TarBytes(store.Server));

        CliProcess Start(int process)
        {
            var first = process * studies.Count / processes;
            return CliProcess.Start(Args(store, root, zip, [.. studies.Skip(first).Concat(studies.Take(first)).Select(study => study.StudyInstanceUid)]));
        }
    }

    private static string[] Args(CliStore store, string root, bool zip, string[] studies) =>
    [
        "download", TestStore.Url, .. studies, "-o", root, "--quiet", "--connections", $"{Connections}", "--lock-timeout", "5m",
        "--endpoint", store.Server.Endpoint.AbsoluteUri, .. zip ? ["--zip"] : Array.Empty<string>(),
    ];

    private static int Number(CliResult result, string name) => result.Json.GetProperty(name).GetInt32();

    private static long TarBytes(GcsTestServer server) => server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal));
}
