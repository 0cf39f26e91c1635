using System.Buffers.Binary;
using System.Text.Json;
using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.DicomWeb.Tests.Orthanc;
using CodRetrieve.Testing;
using Xunit.Abstractions;

namespace CodRetrieve.Cli.Tests;

/// <summary>Kills the process that sends to a real receiver again and again.</summary>
[Trait("Duration", "long")]
public sealed class SendKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 25;
    private const int InstanceBytes = 30_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [OrthancFact]
    public async Task Killed_at_random_moments_25_times_and_finished_the_receiver_has_every_instance_once_and_every_receipt_is_true()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var orthanc = await OrthancServer.StartAsync(_folder.Path);
        using var relay = new Relay(orthanc.ServiceUrl.Port);
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { BytesPerSecondPerConnection = 4_000_000 });
        var studies = Enumerable.Range(1, 4).Select(study => store.PutStudy(
            study, [.. Enumerable.Range(0, 5).Select(_ => new SyntheticSeriesOptions { InstanceCount = 30, InstanceSizeBytes = InstanceBytes })])).ToList();
        var instances = studies.SelectMany(study => study.Series).SelectMany(series => series.Instances).ToDictionary(one => one.SopInstanceUid, StringComparer.Ordinal);
        string[] args =
        [
            "send", TestStore.Url, .. studies.Select(study => study.StudyInstanceUid), "--to", $"http://127.0.0.1:{relay.Port}/dicom-web", "--receipts", store.Folder.Output,
            "--json", "--endpoint", store.Server.Endpoint.AbsoluteUri,
        ];

        var unfinished = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var there = await orthanc.CountAsync();

            store.Server.ClearRequests();

            // Each run gets its share of what is left at most. A response is followed by the receipts of its instances.
            var share = (instances.Count - there) * (long)InstanceBytes / (Kills + 1 - kill);
            var (reached, moment) = (kill % 4) switch
            {
                0 => (RespondedAfterAsync(relay, random.NextInt64(share / 2, 2 + (2 * share))), "while it gets a response"),
                1 => (store.Server.WaitForRequestAsync(_ => true), "while it plans"),
                _ => (relay.PassedAsync(Relay.Direction.ToTarget, random.NextInt64(1, 2 + (2 * share))), "in the requests"),
            };
            using var process = CliProcess.Start(args);
            Assert.Same(reached, await Task.WhenAny(reached, process.ExitAsync()));
            process.Kill();
            await process.ExitAsync();
            var files = await orthanc.FilesAsync();
            Assert.All(files, file => Assert.Equal(instances[file.Key].Sha256, file.Value));
            var receipts = ReadReceipts(store.Folder.Output);
            Assert.All(receipts, receipt => AssertTrue(receipt, instances, files));
            unfinished += files.Count > 0 && files.Count < instances.Count ? 1 : 0;
            output.WriteLine($"kill {kill} {moment}: {files.Count} of {instances.Count} instances there, {receipts.Count} receipts");
        }

        // The last of them may find hardly anything left to send.
        Assert.InRange(unfinished, Kills - 8, Kills);
        var last = await CliProcess.RunAsync(args);
        Assert.Equal((0, ""), (last.ExitCode, last.Error));
        Assert.Equal(instances.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, one.Value.Sha256)), (await orthanc.FilesAsync()).Select(file => (file.Key, file.Value)));

        store.Server.ClearRequests();
        var again = await CliProcess.RunAsync(args);
        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        using var report = JsonDocument.Parse(again.Out);
        Assert.Equal((0, instances.Count), (report.RootElement.GetProperty("instancesSaved").GetInt32(), report.RootElement.GetProperty("instancesSkipped").GetInt32()));
        Assert.DoesNotContain(store.Server.Requests, request => request.ObjectName?.EndsWith(".tar", StringComparison.Ordinal) == true);
    }

    private static async Task RespondedAfterAsync(Relay relay, long bytes)
    {
        await relay.PassedAsync(Relay.Direction.ToTarget, bytes);
        await relay.PassedAsync(Relay.Direction.FromTarget, 1);
    }

    // A line that a killed process left half is none; nothing else may be unreadable.
    private static List<JsonElement> ReadReceipts(string folder)
    {
        var receipts = new List<JsonElement>();
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.jsonl", SearchOption.AllDirectories) : [])
        {
            var lines = File.ReadAllLines(file).Where(static line => line.Length > 0).ToList();
            var whole = lines.Where(static line => line.StartsWith('{') && line.EndsWith('}')).ToList();
            Assert.InRange(lines.Count - whole.Count, 0, Kills);
            receipts.AddRange(whole.Select(static line => JsonSerializer.Deserialize<JsonElement>(line)));
        }

        return receipts;
    }

    private static void AssertTrue(JsonElement receipt, Dictionary<string, SyntheticInstance> instances, SortedDictionary<string, string> files)
    {
        var uid = receipt.GetProperty("instance").GetString()!;
        Assert.Contains(uid, files.Keys);
        Assert.Equal(InstanceBytes, receipt.GetProperty("size").GetInt64());
        Assert.Equal(instances[uid].Sha256, files[uid]);
        var crc = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(crc, instances[uid].Crc32c);
        Assert.Equal(Convert.ToBase64String(crc), receipt.GetProperty("crc32c").GetString());
        Assert.Contains(receipt.GetProperty("outcome").GetString(), new[] { "Stored", "AlreadyThere" });
    }
}
