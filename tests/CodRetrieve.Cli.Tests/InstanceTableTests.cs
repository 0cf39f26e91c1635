using CodRetrieve.Cli.Output;
using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

/// <summary>Reports that are tables keep what the one in JSON keeps: written beside their name, and published at the end, whatever that is.</summary>
public sealed class InstanceTableTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("report.csv", false)]
    [InlineData("report.CSV", true)]
    [InlineData("report.parquet", false)]
    [InlineData("report.parquet", true)]
    public async Task Each_saved_instance_has_a_row(string name, bool zip)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var result = await store.DownloadAsync(study, ["--report", PathIn(store, name), .. zip ? ["--zip"] : Array.Empty<string>()]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var rows = await ReportTable.ReadAsync(PathIn(store, name));
        Assert.Equal(study.Expected().Keys, rows.Select(row => $"{row["study"]}/{row["series"]}/{row["instance"]}").Order(StringComparer.Ordinal));
        Assert.All(rows, row =>
        {
            Assert.Equal(InstanceRow.Columns, row.Keys);
            Assert.Equal(("saved", ""), (row["outcome"], row["error"]));
            Assert.InRange(int.Parse(row["bytes"], null), 30_000, 40_000);
            Assert.Equal(4, Convert.FromBase64String(row["crc32c"]).Length);
            Assert.NotEqual("", row["path"]);
        });
        Assert.Equal([Path.GetFileName(store.Folder.Output), name], Directory.EnumerateFileSystemEntries(store.Folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("report.csv")]
    [InlineData("report.parquet")]
    public async Task What_failed_or_is_missing_has_a_row_with_its_cause(string name)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 3, CorruptInstances = [1] }, new SyntheticSeriesOptions { InstanceCount = 2 });
        store.Bucket.Remove(study.Series[1].TarName(TestStore.Prefix));

        await store.DownloadAsync(study, "1.2.404", "--report", PathIn(store, name));

        var rows = (await ReportTable.ReadAsync(PathIn(store, name))).Where(row => row["outcome"] != "saved").ToList();
        var corrupt = Assert.Single(rows, row => row["instance"].Length > 0);
        Assert.Equal(("failed", study.Series[0].Instances[1].SopInstanceUid), (corrupt["outcome"], corrupt["instance"]));
        Assert.Contains("CRC32C", corrupt["error"], StringComparison.Ordinal);
        Assert.NotEqual("", Assert.Single(rows, row => row["series"] == study.Series[1].SeriesInstanceUid)["error"]);
        Assert.Equal("missing", Assert.Single(rows, row => row["study"] == "1.2.404")["outcome"]);
        Assert.Equal(3, rows.Count);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("report.csv")]
    [InlineData("report.parquet")]
    public async Task A_failed_download_has_a_last_row_with_the_cause(string name)
    {
        await using var store = await CliStore.StartAsync();
        store.Server.Faults.Add(Fault.Status(403));

        var result = await store.DownloadAsync(store.PutStudy(), "--report", PathIn(store, name));

        var last = (await ReportTable.ReadAsync(PathIn(store, name)))[^1];
        Assert.Equal((3, "", "failed"), (result.ExitCode, last["study"], last["outcome"]));
        Assert.NotEqual("", last["error"]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("report.csv")]
    [InlineData("report.parquet")]
    public async Task A_cancelled_download_has_what_was_saved_until_then(string name)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 3 });
        store.Server.Faults.Add(Fault.StallAfter(80_000), objectName: name => name.EndsWith(".tar", StringComparison.Ordinal));
        using var cancel = new CancellationTokenSource();
        var run = store.RunAsync(cancel.Token, "download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--report", PathIn(store, name));
        await store.Server.WaitForRequestAsync(request => request.BytesSent == 80_000);

        // Until the end there is no file of that name.
        Assert.False(File.Exists(PathIn(store, name)));
        await cancel.CancelAsync();

        Assert.Equal(130, (await run).ExitCode);
        var rows = await ReportTable.ReadAsync(PathIn(store, name));
        Assert.Equal("cancelled", rows[^1]["outcome"]);
        Assert.Equal(SavedFiles.In(store.Folder.Output, zip: false).Count, rows.Count(row => row["outcome"] == "saved"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("report.csv")]
    [InlineData("report.parquet")]
    public async Task Bad_usage_leaves_no_report_and_replaces_none(string name)
    {
        await using var store = await CliStore.StartAsync();
        store.Folder.Write(name, "older");

        var result = await store.RunAsync("download", TestStore.Url, "../1.2.3", "-o", store.Folder.Output, "--report", PathIn(store, name));

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("older\n", await File.ReadAllTextAsync(Assert.Single(Directory.EnumerateFiles(store.Folder.Path))));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("report.csv")]
    [InlineData("report.parquet")]
    public async Task A_report_can_be_given_back_as_a_list_of_studies(string name)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await store.DownloadAsync(study, "--report", PathIn(store, name));

        var result = await store.RunAsync("verify", TestStore.Url, "@" + PathIn(store, name), "-o", store.Folder.Output, "--json");

        Assert.Equal((0, "intact"), (result.ExitCode, result.Json.GetProperty("outcome").GetString()));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("report.csv")]
    [InlineData("report.parquet")]
    public async Task Attributes_are_columns_in_the_order_in_which_they_were_asked_for(string name)
    {
        await using var store = await TestStore.StartAsync();
        using var folder = new TempFolder();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new SyntheticSeriesOptions { InstanceCount = 2 });
        store.Put(study);
        await using var cod = store.Open(folder.Output);
        var path = Path.Combine(folder.Path, name);
        using (var report = InstanceReports.Create(path, ["SliceThickness", "PatientID"], (instance, column) => column == "PatientID" ? $"P, \"{instance.SopInstanceUid}\"" : null))
        {
            var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
            report.Follow(job);
            await report.CompleteAsync(await job.RunAsync(), null);
        }

        var rows = await ReportTable.ReadAsync(path);
        Assert.Equal(2, rows.Count);
        Assert.All(rows, row =>
        {
            Assert.Equal([.. InstanceRow.Columns, "SliceThickness", "PatientID"], row.Keys);
            Assert.Equal(("", $"P, \"{row["instance"]}\""), (row["SliceThickness"], row["PatientID"]));
        });
    }

    [Theory]
    [InlineData("Modality", "modality")]
    [InlineData("Path")]
    [InlineData("CRC-32C")]
    [InlineData(" ")]
    public void A_column_is_named_once(params string[] columns)
    {
        var error = Assert.Throws<UsageException>(() => InstanceReports.Create("never-written.csv", columns, (_, _) => null));

        Assert.StartsWith("--columns has ", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists("never-written.csv"));
    }

    [Fact]
    public void Columns_are_for_tables() =>
        Assert.Contains(".parquet", Assert.Throws<UsageException>(() => InstanceReports.Create("never-written.json", ["Modality"], (_, _) => null)).Message, StringComparison.Ordinal);

    private static string PathIn(CliStore store, string name) => Path.Combine(store.Folder.Path, name);
}
