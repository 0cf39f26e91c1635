using System.Security.Cryptography;
using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;
using Xunit.Abstractions;

namespace CodRetrieve.Cli.Tests;

/// <summary>Kills the process again and again while it saves in a layout in which most names collide.</summary>
public sealed class LayoutKillTests(ITestOutputHelper output)
{
    private const int Kills = 25;
    private const int InstanceBytes = 20_000;

    [Fact(Timeout = 300_000)]
    [Trait("Duration", "long")]
    public async Task Every_instance_is_there_once_and_whole_after_kills_at_random_moments()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { BytesPerSecondPerConnection = 2_000_000 });
        var studies = Enumerable.Range(1, 4).Select(study => store.PutStudy(
            study, [.. Enumerable.Range(0, 4).Select(_ => new SyntheticSeriesOptions { InstanceCount = 60, InstanceSizeBytes = InstanceBytes, MetadataBytesPerInstance = 0 })])).ToList();
        var expected = studies.Expected().Values.Order(StringComparer.Ordinal).ToList();
        string[] args = ["download", TestStore.Url, .. studies.Select(study => study.StudyInstanceUid), "-o", store.Folder.Output, "--quiet",
            "--layout", "{Modality}/{InstanceNumber:000}.dcm", "--connections", "2", "--endpoint", store.Server.Endpoint.AbsoluteUri];
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = TarBytes(store.Server);
            var threshold = random.NextInt64(1, 2L * expected.Count * InstanceBytes / Kills);
            var reached = store.Server.WaitForRequestAsync(_ => TarBytes(store.Server) - before >= threshold);
            using var process = CliProcess.Start(args);
            await Task.WhenAny(reached, process.ExitAsync());
            process.Kill();
            await process.ExitAsync();
            if (!reached.IsCompleted)
            {
                break;
            }

            var saved = Saved(store.Folder.Output);
            output.WriteLine($"kill {kill}: {saved.Count} of {expected.Count}");
            Assert.All(saved, one => Assert.Contains(one, expected));
        }

        var last = await CliProcess.RunAsync(args);

        Assert.Equal(new CliResult(0, "", ""), last);
        Assert.Equal(expected, Saved(store.Folder.Output));
        Assert.Empty(Leftovers.In(store.Folder.Output));
    }

    private static List<string> Saved(string folder) => !Directory.Exists(folder) ? [] : [.. Directory.EnumerateFiles(folder, "*.dcm", SearchOption.AllDirectories)
        .Select(path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))).ToLowerInvariant()).Order(StringComparer.Ordinal)];

    private static long TarBytes(GcsTestServer server) => server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal));
}
