using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

public sealed class VerifyTests
{
    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_downloaded_is_intact_and_exits_with_0(bool zip)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await DownloadAsync(store, study, zip);

        var result = await VerifyAsync(store, study, zip);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("intact: 5 of 5 instances verified, nothing found; 169.4 kB read in ", result.Out, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_wrong_exits_with_1_is_named_and_stays_as_it_is(bool zip)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await DownloadAsync(store, study, zip);
        var corrupt = Damage(store, study, zip);
        var before = SavedFiles.In(store.Folder.Output, zip);

        var result = await VerifyAsync(store, study, zip, "--json");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{corrupt.SopInstanceUid}.dcm: corrupt: CRC32C ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        var json = result.Json;
        Assert.Equal("damaged", json.GetProperty("outcome").GetString());
        Assert.Equal((5, 4, 1, 1, 0), (Number("instancesTotal"), Number("instancesVerified"), Number("corrupt"), Number("remaining"), Number("repaired")));
        var issue = Assert.Single(json.GetProperty("issues").EnumerateArray());
        Assert.Equal(("corrupt", corrupt.SopInstanceUid), (issue.GetProperty("kind").GetString(), issue.GetProperty("instance").GetString()));
        Assert.NotEqual(issue.GetProperty("expectedCrc32c").GetString(), issue.GetProperty("actualCrc32c").GetString());
        Assert.Equal(2, json.GetProperty("series").GetArrayLength());
        Assert.Equal(before, SavedFiles.In(store.Folder.Output, zip));

        int Number(string name) => json.GetProperty(name).GetInt32();
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_wrong_is_followed_by_what_to_do_next_and_a_terminal_gets_a_table(bool interactive)
    {
        await using var store = await CliStore.StartAsync();
        store.IsInteractive = interactive;
        var study = store.PutStudy();
        await DownloadAsync(store, study, zip: false);
        Damage(store, study, zip: false);

        var result = await VerifyAsync(store, study, zip: false);

        var lines = result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal("Run it again with --repair to fetch what is missing or damaged, and nothing else.", lines[^1]);
        Assert.Equal(interactive ? 1 : 0, lines.Count(line => line.StartsWith('│') && line.Contains("1 corrupt", StringComparison.Ordinal)));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Repair_fetches_it_exits_with_0_and_says_so(bool zip)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await DownloadAsync(store, study, zip);
        Damage(store, study, zip);

        var result = await VerifyAsync(store, study, zip, "--repair");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("repaired: 4 of 5 instances verified, 1 corrupt; ", result.Out, StringComparison.Ordinal);
        Assert.Contains("1 repaired, 33.9 kB fetched", result.Out, StringComparison.Ordinal);
        Assert.Equal(study.Expected(), SavedFiles.In(store.Folder.Output, zip));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_cannot_be_repaired_exits_with_1_and_says_why()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await DownloadAsync(store, study, zip: false);
        Damage(store, study, zip: false);
        store.Bucket.Remove(study.Series[0].TarName(TestStore.Prefix));

        var result = await VerifyAsync(store, study, zip: false, "--repair", "--json");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no tar", result.Error, StringComparison.Ordinal);
        Assert.Equal(("damaged", 0, 1), (
            result.Json.GetProperty("outcome").GetString(), result.Json.GetProperty("repaired").GetInt32(), result.Json.GetProperty("remaining").GetInt32()));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Prune_deletes_what_the_store_no_longer_lists_and_without_it_that_is_named_and_stays(bool zip)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 3 });
        await DownloadAsync(store, study, zip);
        var edited = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 3, RemovedInstances = [1] });

        var named = await VerifyAsync(store, study, zip);
        Assert.Equal(1, named.ExitCode);
        Assert.Contains($"{study.Series[0].Instances[1].SopInstanceUid}.dcm: unlisted: it was saved from the store, which no longer lists it.", Assert.Single(named.ErrorLines), StringComparison.Ordinal);
        Assert.EndsWith("Run it again with --prune to delete what the store no longer lists.", named.Out.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(study.Expected(), SavedFiles.In(store.Folder.Output, zip));

        var pruned = await VerifyAsync(store, study, zip, "--prune", "--json");
        Assert.Equal((0, ""), (pruned.ExitCode, pruned.Error));
        Assert.Equal(("repaired", 1, 1, 0), (
            pruned.Json.GetProperty("outcome").GetString(), pruned.Json.GetProperty("unlisted").GetInt32(), pruned.Json.GetProperty("pruned").GetInt32(), pruned.Json.GetProperty("remaining").GetInt32()));
        Assert.Equal(edited.Expected(), SavedFiles.In(store.Folder.Output, zip));
    }

    [Fact(Timeout = 30_000)]
    public async Task Unknown_files_exit_with_1_and_are_never_deleted()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await DownloadAsync(store, study, zip: false);
        var unknown = Path.Combine(store.Folder.Output, study.StudyInstanceUid, "unknown.txt");
        await File.WriteAllTextAsync(unknown, "");

        var result = await VerifyAsync(store, study, zip: false, "--repair");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal($"error: {unknown}: unknown: the store lists no such instance.", Assert.Single(result.ErrorLines));
        Assert.True(File.Exists(unknown));
    }

    [Fact(Timeout = 30_000)]
    public async Task Quiet_writes_nothing_when_all_is_intact()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        await DownloadAsync(store, study, zip: false);

        Assert.Equal(new CliResult(0, "", ""), await VerifyAsync(store, study, zip: false, "--quiet"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_folder_that_is_not_there_is_all_missing_and_is_not_made()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var result = await VerifyAsync(store, study, zip: false, "--json");

        Assert.Equal((1, 5), (result.ExitCode, result.Json.GetProperty("missing").GetInt32()));
        Assert.False(Directory.Exists(store.Folder.Output));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("403", 3)]
    [InlineData("study", 4)]
    [InlineData("file", 5)]
    public async Task Other_failures_exit_as_a_download_does(string failure, int exitCode)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var output = failure == "file" ? store.Folder.Write("file", "in the way") : store.Folder.Output;
        if (failure == "403")
        {
            store.Server.Faults.Add(Fault.Status(403));
        }

        var result = await store.RunAsync("verify", TestStore.Url, failure == "study" ? "1.2.3" : study.StudyInstanceUid, "-o", output, "--json");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Single(result.ErrorLines);
        Assert.Equal(failure == "study" ? "damaged" : "stopped", result.Json.GetProperty("outcome").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_exits_with_130()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        store.Server.Faults.Add(Fault.StallAfter(0));
        using var cancel = new CancellationTokenSource();
        var run = store.RunAsync(cancel.Token, "verify", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--json");
        await store.Server.WaitForRequestAsync(request => request.StatusCode == 200);
        await cancel.CancelAsync();

        var result = await run;

        Assert.Equal((130, "cancelled"), (result.ExitCode, result.Json.GetProperty("outcome").GetString()));
    }

    private static Task<CliResult> DownloadAsync(CliStore store, SyntheticStudy study, bool zip) => store.DownloadAsync(study, zip ? ["--zip"] : []);

    private static Task<CliResult> VerifyAsync(CliStore store, SyntheticStudy study, bool zip, params string[] more) =>
        store.RunAsync(["verify", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, .. zip ? ["--zip"] : Array.Empty<string>(), .. more]);

    // Flips one bit of an instance where it lies, in the file or in the zip, whose entries are stored as they are.
    private static SyntheticInstance Damage(CliStore store, SyntheticStudy study, bool zip)
    {
        var series = study.Series[0];
        var instance = series.Instances[1];
        var path = zip
            ? Path.Combine(store.Folder.Output, study.StudyInstanceUid + ".zip")
            : Path.Combine(store.Folder.Output, study.StudyInstanceUid, series.SeriesInstanceUid, "instances", instance.SopInstanceUid + ".dcm");
        using var bytes = new MemoryStream();
        using (var content = instance.OpenRead())
        {
            content.CopyTo(bytes);
        }

        var file = File.ReadAllBytes(path);
        var at = file.AsSpan().IndexOf(bytes.ToArray());
        Assert.NotEqual(-1, at);
        file[at + 30_000] ^= 4;
        File.WriteAllBytes(path, file);
        return instance;
    }
}
