using System.Text.Json;
using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

public sealed class InstanceReportTests
{
    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_saved_instance_has_a_record(bool zip)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var result = await store.DownloadAsync(study, ["--report", PathIn(store), .. zip ? ["--zip"] : Array.Empty<string>()]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var report = Read(store);
        Assert.Equal("complete", report.GetProperty("outcome").GetString());
        Assert.Equal(
            study.Expected().Keys,
            Records(report).Select(record => $"{Text(record, "study")}/{Text(record, "series")}/{Text(record, "sop")}").Order(StringComparer.Ordinal));
        Assert.All(Records(report), record =>
        {
            Assert.Equal("saved", Text(record, "outcome"));
            Assert.InRange(record.GetProperty("bytes").GetInt64(), 30_000, 40_000);
            Assert.Equal(4, Convert.FromBase64String(Text(record, "crc32c")).Length);
            Assert.NotEqual("", Text(record, "path"));
        });
        Assert.Equal([Path.GetFileName(store.Folder.Output), "report.json"], Directory.EnumerateFileSystemEntries(store.Folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_failed_instance_has_its_error()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 3, CorruptInstances = [1] });

        await store.DownloadAsync(study, "--report", PathIn(store));

        var report = Read(store);
        var failed = Assert.Single(Records(report), record => Text(record, "outcome") == "failed");
        Assert.Equal(study.Series[0].Instances[1].SopInstanceUid, Text(failed, "sop"));
        Assert.Contains("CRC32C", Text(failed, "error"), StringComparison.Ordinal);
        Assert.Equal((3, "incomplete"), (Records(report).Count(), Text(report, "outcome")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_failed_series_is_one_record_with_its_number_of_instances()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        store.Bucket.Remove(study.Series[0].TarName(TestStore.Prefix));

        await store.DownloadAsync(study, "--report", PathIn(store));

        var failed = Assert.Single(Records(Read(store)), record => Text(record, "outcome") == "failed");
        Assert.Equal((study.Series[0].SeriesInstanceUid, 3), (Text(failed, "series"), failed.GetProperty("instances").GetInt32()));
    }

    [Fact(Timeout = 30_000)]
    public async Task Skipped_instances_are_a_number_a_series_and_an_older_report_is_replaced()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await store.DownloadAsync(study, "--report", PathIn(store));

        await store.DownloadAsync(study, "--report", PathIn(store));

        var report = Read(store);
        Assert.Empty(Records(report));
        Assert.Equal([2, 3], report.GetProperty("series").EnumerateArray().Select(series => series.GetProperty("skipped").GetInt32()).Order());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_failed_download_has_one_too()
    {
        await using var store = await CliStore.StartAsync();
        store.Server.Faults.Add(Fault.Status(403));

        var result = await store.DownloadAsync(store.PutStudy(), "--report", PathIn(store));

        Assert.Equal((3, "failed"), (result.ExitCode, Text(Read(store), "outcome")));
        Assert.NotEqual("", Text(Read(store), "error"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_cancelled_download_has_what_was_saved_until_then()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 3 });
        store.Server.Faults.Add(Fault.StallAfter(80_000), objectName: name => name.EndsWith(".tar", StringComparison.Ordinal));
        using var cancel = new CancellationTokenSource();
        var run = store.RunAsync(cancel.Token, "download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--report", PathIn(store));
        await store.Server.WaitForRequestAsync(request => request.BytesSent == 80_000);
        await cancel.CancelAsync();

        Assert.Equal(130, (await run).ExitCode);
        var report = Read(store);
        Assert.Equal("cancelled", Text(report, "outcome"));
        Assert.Equal(SavedFiles.In(store.Folder.Output, zip: false).Count, Records(report).Count(record => Text(record, "outcome") == "saved"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Where_none_can_be_written_nothing_is_fetched_and_the_exit_code_is_5()
    {
        await using var store = await CliStore.StartAsync();
        var file = store.Folder.Write("file", "in the way");

        var result = await store.DownloadAsync(store.PutStudy(), "--report", Path.Combine(file, "report.json"));

        Assert.Equal(5, result.ExitCode);
        Assert.StartsWith("error: The report ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task Bad_usage_leaves_no_report()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunAsync("download", TestStore.Url, "../1.2.3", "-o", store.Folder.Output, "--report", PathIn(store));

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(Directory.EnumerateFiles(store.Folder.Path));
    }

    private static string PathIn(CliStore store) => Path.Combine(store.Folder.Path, "report.json");

    private static JsonElement Read(CliStore store)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(PathIn(store)));
        return document.RootElement.Clone();
    }

    private static JsonElement.ArrayEnumerator Records(JsonElement report) => report.GetProperty("instances").EnumerateArray();

    private static string Text(JsonElement record, string name) => record.GetProperty(name).GetString()!;
}
