using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

public sealed class DryRunTests
{
    [Fact(Timeout = 30_000)]
    public async Task It_says_what_would_be_fetched_and_neither_fetches_nor_writes()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var result = await store.DownloadAsync(study, "--dry-run", "--report", Path.Combine(store.Folder.Path, "report.json"));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.All(study.Series, series => Assert.Contains($"would fetch {study.StudyInstanceUid}/{series.SeriesInstanceUid}: {series.Instances.Count} instances, ", result.Out, StringComparison.Ordinal));
        Assert.Contains("dry run: 5 instances (169.4 kB) of 2 series would be fetched, 0 skipped; nothing was written", result.Out, StringComparison.Ordinal);
        Assert.Equal(0, store.Server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(store.Folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task As_json_it_is_one_object_that_says_so()
    {
        await using var store = await CliStore.StartAsync();

        var json = (await store.DownloadAsync(store.PutStudy(), "--dry-run", "--json")).Json;

        Assert.True(json.GetProperty("dryRun").GetBoolean());
        Assert.Equal((2, 5, 2), (json.GetProperty("seriesToFetch").GetInt32(), json.GetProperty("instancesToFetch").GetInt32(), json.GetProperty("series").GetArrayLength()));
        Assert.InRange(json.GetProperty("bytesToFetch").GetInt64(), 169_000, 170_000);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_saved_would_not_be_fetched_and_stays_as_it_is()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await store.DownloadAsync(study);
        var file = Directory.EnumerateFiles(store.Folder.Output, "*.dcm", SearchOption.AllDirectories).First();
        File.Delete(file);
        var before = Stamps(store);

        var result = await store.DownloadAsync(study, "--dry-run");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("dry run: 1 instance (33.9 kB) of 1 series would be fetched, 4 skipped", result.Out, StringComparison.Ordinal);
        Assert.Equal(before, Stamps(store));
    }

    [Fact(Timeout = 30_000)]
    public async Task Quiet_writes_nothing()
    {
        await using var store = await CliStore.StartAsync();

        Assert.Equal(new CliResult(0, "", ""), await store.DownloadAsync(store.PutStudy(), "--dry-run", "--quiet"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("no tar", 1)]
    [InlineData("403", 3)]
    [InlineData("study", 4)]
    public async Task It_exits_as_stats_does(string failure, int exitCode)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        if (failure == "no tar")
        {
            store.Bucket.Remove(study.Series[0].TarName(TestStore.Prefix));
        }
        else if (failure == "403")
        {
            store.Server.Faults.Add(Fault.Status(403));
        }

        var result = await store.RunAsync("download", TestStore.Url, failure == "study" ? "1.2.3" : study.StudyInstanceUid, "-o", store.Folder.Output, "--dry-run", "--json");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.True(result.Json.GetProperty("dryRun").GetBoolean());
        Assert.NotEmpty(result.ErrorLines);
        Assert.False(Directory.Exists(store.Folder.Output));
    }

    private static List<(string Path, DateTime Written)> Stamps(CliStore store) => Directory
        .EnumerateFiles(store.Folder.Output, "*", Leftovers.Everything)
        .Select(path => (path, File.GetLastWriteTimeUtc(path)))
        .Order()
        .ToList();
}
