using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

/// <summary>Folders and files of every kind that <c>-o</c>, <c>--report</c> and <c>--failed-list</c> may name.</summary>
public sealed class DestinationTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_file_is_not_taken_for_a_folder()
    {
        await using var store = await CliStore.StartAsync();
        var file = store.Folder.Write("file", "in the way");

        var result = await store.RunAsync("download", TestStore.Url, store.PutStudy().StudyInstanceUid, "-o", file);

        Assert.Equal(5, result.ExitCode);
        Assert.StartsWith($"error: {file} is a file, and not a folder of studies.", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Equal("in the way\n", await File.ReadAllTextAsync(file));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("store")]
    [InlineData("store/out")]
    [InlineData("store/studies/1")]
    [InlineData("link/out")]
    public async Task Nothing_is_saved_into_the_store_itself(string destination)
    {
        await using var store = await CliStore.StartAsync();
        var folder = Path.Combine(store.Folder.Path, "store");
        Directory.CreateDirectory(Path.Combine(folder, "studies"));
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateSymbolicLink(Path.Combine(store.Folder.Path, "link"), folder);
        }

        var result = await store.RunBareAsync(default, "download", folder, "1.2.3", "-o", Path.Combine(store.Folder.Path, destination));

        Assert.Equal(5, result.ExitCode);
        Assert.Contains("is in the store itself", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Equal([Path.Combine(folder, "studies")], Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories));
        Assert.Equal(4, (await store.RunBareAsync(default, "download", folder, "1.2.3", "-o", Path.Combine(store.Folder.Path, "store-beside"))).ExitCode);
    }

    [SmallDiskTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_that_cannot_be_written_is_read_and_that_is_enough_where_everything_is_saved(bool zip)
    {
        await using var store = await CliStore.StartAsync();
        using var disk = SmallDisk.TryMount(20)!;
        var (study, other) = (store.PutStudy(), store.PutStudy(2));
        string[] more = zip ? ["--zip"] : [];
        string[] args = [TestStore.Url, study.StudyInstanceUid, "-o", disk.Path, .. more];
        Assert.Equal(0, (await store.RunAsync(["download", .. args])).ExitCode);
        disk.MakeReadOnly();

        var stats = await store.RunAsync(["stats", .. args, "--json"]);
        var verified = await store.RunAsync(["verify", .. args]);
        var (report, failed) = (Path.Combine(store.Folder.Path, "report.json"), Path.Combine(store.Folder.Path, "failed.txt"));
        var again = await store.RunAsync(["download", .. args, "--report", report, "--failed-list", failed]);
        var json = await store.RunAsync(["download", .. args, "--json"]);
        var missing = await store.RunAsync(["download", .. args, other.StudyInstanceUid]);

        Assert.Equal((0, 0, 0, 0), (stats.ExitCode, verified.ExitCode, again.ExitCode, json.ExitCode));
        Assert.Equal(5, stats.Json.GetProperty("instancesSaved").GetInt32());
        Assert.Contains("complete: 0 instances saved (0 B), 5 skipped, 0 failed", again.Out, StringComparison.Ordinal);
        Assert.Equal(("complete", 5), (json.Json.GetProperty("outcome").GetString(), json.Json.GetProperty("instancesSkipped").GetInt32()));
        Assert.Equal("complete", new CliResult(0, await File.ReadAllTextAsync(report), "").Json.GetProperty("outcome").GetString());
        Assert.Empty(await File.ReadAllTextAsync(failed));
        Assert.Equal(5, missing.ExitCode);
    }

    [LinuxFact]
    public async Task A_report_goes_through_what_is_no_regular_file()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var target = store.Folder.Write("target.json", "older");
        var link = Path.Combine(store.Folder.Path, "link.json");
        File.CreateSymbolicLink(link, target);
        var dangling = Path.Combine(store.Folder.Path, "dangling.json");
        File.CreateSymbolicLink(dangling, Path.Combine(store.Folder.Path, "later.json"));
        var pipe = Path.Combine(store.Folder.Path, "pipe");
        using (var making = CliProcess.StartProgram("mkfifo", pipe))
        {
            Assert.Equal(0, (await making.EndAsync()).ExitCode);
        }

        Assert.Equal("", (await store.DownloadAsync(study, "--report", "/dev/null")).Error);
        Assert.Equal("", (await store.DownloadAsync(study, "--report", link)).Error);
        Assert.Equal("", (await store.DownloadAsync(study, "--report", dangling)).Error);
        using var intoPipe = CliProcess.Start("download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--endpoint", store.Server.Endpoint.AbsoluteUri, "--report", pipe);
        var throughPipe = await File.ReadAllTextAsync(pipe);
        Assert.Equal(0, (await intoPipe.EndAsync()).ExitCode);
        var intoOutput = await CliProcess.RunAsync("download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--quiet", "--endpoint", store.Server.Endpoint.AbsoluteUri, "--report", "/dev/stdout");
        var redirected = Path.Combine(store.Folder.Path, "redirected");
        using var intoFile = CliProcess.StartInto(redirected, "download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--endpoint", store.Server.Endpoint.AbsoluteUri, "--report", "/dev/stdout");
        Assert.Equal(0, (await intoFile.EndAsync()).ExitCode);

        Assert.False(new FileInfo("/dev/null").Length > 0);
        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.NotNull(new FileInfo(dangling).LinkTarget);
        foreach (var report in new[] { await File.ReadAllTextAsync(target), await File.ReadAllTextAsync(dangling), throughPipe, intoOutput.Out })
        {
            Assert.Equal("complete", new CliResult(0, report, "").Json.GetProperty("outcome").GetString());
        }

        var text = await File.ReadAllTextAsync(redirected);
        Assert.StartsWith("Retrieving 1 study", text, StringComparison.Ordinal);
        Assert.Contains("\"outcome\": \"complete\"", text, StringComparison.Ordinal);
        Assert.Contains("complete: 0 instances saved", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(store.Folder.Path), file => file.EndsWith(".partial", StringComparison.Ordinal));
    }

    [LinuxFact]
    public async Task In_a_folder_of_a_group_all_files_follow_the_umask_alike()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 2 }, new SyntheticSeriesOptions { InstanceCount = 2, InstanceSizeBytes = 2_000_000 });
        foreach (var more in new[] { "--quiet", "--zip" })
        {
            using var process = CliProcess.Start(
                ["/bin/sh", "-c", "umask 007; exec \"$@\"", "sh"],
                ["download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--endpoint", store.Server.Endpoint.AbsoluteUri, "--report", Path.Combine(store.Folder.Output, "report.json"), more]);
            Assert.Equal(0, (await process.EndAsync()).ExitCode);
        }

        const UnixFileMode group = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        Assert.All(Directory.EnumerateFiles(store.Folder.Output, "*", SearchOption.AllDirectories), file => Assert.Equal((file, group), (file, new FileInfo(file).UnixFileMode)));
        Assert.All(
            Directory.EnumerateDirectories(store.Folder.Output, "*", SearchOption.AllDirectories),
            folder => Assert.Equal((folder, group | UnixFileMode.UserExecute | UnixFileMode.GroupExecute), (folder, new DirectoryInfo(folder).UnixFileMode & ~UnixFileMode.SetGroup)));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_killed_run_left_of_its_report_is_taken_away_and_what_a_living_one_writes_is_not()
    {
        await using var store = await CliStore.StartAsync();
        var report = Path.Combine(store.Folder.Path, "report.json");
        var left = store.Folder.Write(".report.json.01234567.partial", "left");
        var other = store.Folder.Write(".other.json.01234567.partial", "of another report");
        var living = Path.Combine(store.Folder.Path, ".report.json.89abcdef.partial");
        using (new FileStream(living, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            Assert.Equal(0, (await store.DownloadAsync(store.PutStudy(), "--report", report)).ExitCode);
            Assert.True(File.Exists(living));
        }

        Assert.False(File.Exists(left));
        Assert.True(File.Exists(other));
        Assert.True(File.Exists(report));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_report_may_have_the_longest_name_that_there_is()
    {
        await using var store = await CliStore.StartAsync();
        var report = Path.Combine(store.Folder.Path, new string('r', 250) + ".json");

        Assert.Equal(0, (await store.DownloadAsync(store.PutStudy(), "--report", report)).ExitCode);
        Assert.True(File.Exists(report));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_failed_list_can_be_given_back_until_it_is_empty()
    {
        await using var store = await CliStore.StartAsync();
        var (good, forbidden) = (store.PutStudy(1), store.PutStudy(2));
        var list = Path.Combine(store.Folder.Path, "failed.txt");
        store.Server.Faults.Add(Fault.Status(403), objectName: name => name == forbidden.Series[0].TarName(TestStore.Prefix));
        string[] args = ["-o", store.Folder.Output, "--failed-list", list];

        var first = await store.RunAsync(["download", TestStore.Url, good.StudyInstanceUid, forbidden.StudyInstanceUid, "1.2.404", .. args]);
        var lines = await File.ReadAllLinesAsync(list);
        store.Server.Faults.Clear();
        var second = await store.RunAsync(["download", TestStore.Url, "@" + list, .. args]);
        var left = await File.ReadAllLinesAsync(list);

        Assert.Equal((1, 1), (first.ExitCode, second.ExitCode));
        Assert.Equal([forbidden.StudyInstanceUid, "1.2.404"], lines.Where(line => line[0] != '#'));
        Assert.Equal(2, lines.Count(line => line[0] == '#'));
        Assert.Contains("HTTP 403", lines[0], StringComparison.Ordinal);
        Assert.Equal(["# it does not exist in the store", "1.2.404"], left);
        Assert.Equal(0, (await store.RunAsync(["download", TestStore.Url, good.StudyInstanceUid, .. args])).ExitCode);
        Assert.Empty(await File.ReadAllTextAsync(list));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_failed_list_of_a_run_that_ended_early_has_what_is_not_complete()
    {
        await using var store = await CliStore.StartAsync();
        var list = Path.Combine(store.Folder.Path, "failed.txt");
        var (saved, ending, never) = (store.PutStudy(1), store.PutStudy(2), store.PutStudy(3));
        string[] args = ["-o", store.Folder.Output, "--failed-list", list];
        Assert.Equal(0, (await store.RunAsync(["download", TestStore.Url, saved.StudyInstanceUid, .. args])).ExitCode);
        Assert.Empty(await File.ReadAllTextAsync(list));
        using var cancel = new CancellationTokenSource();
        store.Server.Faults.Add(Fault.StallAfter(1_000), objectName: name => name == ending.Series[1].TarName(TestStore.Prefix));
        var run = store.RunAsync(cancel.Token, ["download", TestStore.Url, saved.StudyInstanceUid, ending.StudyInstanceUid, never.StudyInstanceUid, "--connections", "1", .. args]);
        await store.Server.WaitForRequestAsync(request => request.BytesSent == 1_000);
        await cancel.CancelAsync();

        Assert.Equal(130, (await run).ExitCode);

        // The first one is not in it if it was completed before the end, which it need not be.
        var left = (await File.ReadAllLinesAsync(list)).Where(line => line[0] != '#');
        Assert.Equal([ending.StudyInstanceUid, never.StudyInstanceUid], left.Where(study => study != saved.StudyInstanceUid));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_failed_list_of_a_run_that_could_not_begin_has_everything()
    {
        await using var store = await CliStore.StartAsync();
        var list = Path.Combine(store.Folder.Path, "failed.txt");
        store.Server.Faults.Add(Fault.Status(401));

        var result = await store.RunAsync("download", TestStore.Url, "1.2.3", "1.2.4", "-o", store.Folder.Output, "--failed-list", list);

        Assert.Equal(3, result.ExitCode);
        Assert.Equal(["1.2.3", "1.2.4"], (await File.ReadAllLinesAsync(list)).Where(line => line[0] != '#'));
    }

    [Fact(Timeout = 60_000)]
    public async Task Stopping_after_a_time_finishes_what_is_under_way_and_the_next_run_goes_on()
    {
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { BytesPerSecondPerConnection = 400_000 });
        var study = store.PutStudy(1, [.. Enumerable.Range(0, 12).Select(_ => new SyntheticSeriesOptions { InstanceCount = 4, InstanceSizeBytes = 100_000 })]);

        var stopped = await store.DownloadAsync(study, "--stop-after", "2.5s", "--connections", "1");

        Assert.Equal(9, stopped.ExitCode);
        Assert.Contains("stopped: ", stopped.Out, StringComparison.Ordinal);
        var saved = SavedFiles.In(store.Folder.Output, zip: false);
        Assert.InRange(saved.Count, 1, 47);
        Assert.All(saved, file => Assert.Contains(file, study.Expected()));
        Assert.Equal(0, (await store.DownloadAsync(study)).ExitCode);
        Assert.Equal(study.Expected(), SavedFiles.In(store.Folder.Output, zip: false));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Files_take_the_time_of_the_tar_where_that_is_asked_for_and_are_still_known_as_saved(bool zip)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var tar = store.Bucket.Find(study.Series[0].TarName(TestStore.Prefix))!;
        string[] more = zip ? ["--zip"] : [];

        Assert.Equal(0, (await store.DownloadAsync(study, ["--times", "tar", .. more])).ExitCode);
        var again = await store.DownloadAsync(study, ["--json", .. more]);

        Assert.Equal(5, again.Json.GetProperty("instancesSkipped").GetInt32());
        Assert.Equal(0, again.Json.GetProperty("bytesDownloaded").GetInt32());
        if (zip)
        {
            using var archive = System.IO.Compression.ZipFile.OpenRead(Path.Combine(store.Folder.Output, study.StudyInstanceUid + ".zip"));
            var entry = archive.Entries.First(one => one.FullName.StartsWith(study.Series[0].SeriesInstanceUid, StringComparison.Ordinal));
            Assert.InRange(entry.LastWriteTime.DateTime - tar.Updated.UtcDateTime, TimeSpan.FromSeconds(-2), TimeSpan.FromSeconds(2));
        }
        else
        {
            var file = Directory.EnumerateFiles(Path.Combine(store.Folder.Output, study.StudyInstanceUid, study.Series[0].SeriesInstanceUid), "*.dcm", SearchOption.AllDirectories).First();
            Assert.InRange(File.GetLastWriteTimeUtc(file) - tar.Updated.UtcDateTime, TimeSpan.FromMilliseconds(-1), TimeSpan.FromMilliseconds(1));
        }
    }
}
