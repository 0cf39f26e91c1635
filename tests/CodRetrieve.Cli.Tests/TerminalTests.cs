using CodRetrieve.Cli.Output;
using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

/// <summary>Standard output and error that are closed, full, dumb, or read by a program.</summary>
public sealed class TerminalTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(">&-", 8)]
    [InlineData("2>&-", 0)]
    [InlineData(">&- 2>&-", 8)]
    [InlineData("<&- >&- 2>&-", 8)]
    [InlineData(">/dev/full", 8)]
    [InlineData("2>/dev/full", 0)]
    [InlineData(">/dev/full", 8, "--json")]
    [InlineData("2>&-", 0, "--json")]
    [InlineData(">&-", 0, "--quiet")]
    public async Task What_cannot_be_printed_does_not_decide_what_is_saved(string redirection, int code, params string[] more)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var result = await ShellAsync(redirection, ["download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--endpoint", store.Server.Endpoint.AbsoluteUri, .. more]);

        Assert.Equal(code, result.ExitCode);
        Assert.Equal(study.Expected(), SavedFiles.In(store.Folder.Output, zip: false));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        if (redirection == ">/dev/full")
        {
            Assert.Equal("error: Standard output cannot be written: No space left on device", Assert.Single(result.ErrorLines));
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(">/dev/full", 8, "--help")]
    [InlineData(">/dev/full", 8, "--version")]
    [InlineData(">&-", 8, "download", "--help")]
    [InlineData("2>/dev/full", 2, "download")]
    [InlineData("2>&-", 2, "no-such-command")]
    public async Task Neither_help_nor_errors_end_in_a_stack_trace(string redirection, int code, params string[] args)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var result = await ShellAsync(redirection, args);

        Assert.Equal(code, result.ExitCode);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task A_failure_keeps_its_own_code()
    {
        await using var store = await CliStore.StartAsync();

        var result = await ShellAsync(">/dev/full", "download", TestStore.Url, "1.2.404", "-o", store.Folder.Output, "--endpoint", store.Server.Endpoint.AbsoluteUri);

        Assert.Equal(4, result.ExitCode);
    }

    [LinuxFact]
    public async Task A_file_limit_is_one_clear_error_and_nothing_half()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 2, InstanceSizeBytes = 3_000_000 }, new SyntheticSeriesOptions { InstanceCount = 2, InstanceSizeBytes = 50_000 });

        // In blocks of 512 bytes for this shell. The runtime itself maps a file of gigabytes, unless it is told not to.
        using var process = CliProcess.Start(["/bin/sh", "-c", "ulimit -f 2000; exec env DOTNET_EnableWriteXorExecute=0 \"$@\"", "sh"], ["download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--endpoint", store.Server.Endpoint.AbsoluteUri]);
        var result = await process.EndAsync();

        Assert.Contains(result.ExitCode, new[] { 1, 5 });
        Assert.Contains("is not allowed to grow to that size", result.Error, StringComparison.Ordinal);
        Assert.All(SavedFiles.In(store.Folder.Output, zip: false), file => Assert.Contains(file, study.Expected()));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("dumb")]
    [InlineData("xterm")]
    public async Task A_dumb_terminal_gets_plain_lines(string term)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/script"))
        {
            return;
        }

        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var log = Path.Combine(store.Folder.Path, "terminal");
        using var process = CliProcess.Start(
            ["env", $"TERM={term}", "/bin/sh", "-c", "script -q -e -c \"$*\" \"$0\" </dev/null", log],
            ["download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--endpoint", store.Server.Endpoint.AbsoluteUri]);

        var result = await process.EndAsync();

        Assert.Equal(0, result.ExitCode);
        var shown = await File.ReadAllTextAsync(log);
        Assert.Equal(term == "dumb", shown.Contains($"saved {study.StudyInstanceUid}/", StringComparison.Ordinal));
        Assert.Equal(term != "dumb", shown.Contains('\u001b', StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Progress_in_json_is_an_object_a_line()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var alone = await store.DownloadAsync(study, "--progress", "json", "--quiet");
        Directory.Delete(store.Folder.Output, recursive: true);
        var beside = await store.DownloadAsync(study, "--progress", "json", "--json");

        Assert.Equal((0, "", 0), (alone.ExitCode, alone.Error, beside.ExitCode));
        Assert.Equal(5, beside.Json.GetProperty("instancesSaved").GetInt32());
        foreach (var lines in new[] { alone.Out, beside.Error })
        {
            var objects = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new CliResult(0, line, "").Json).ToList();
            Assert.Equal(2, objects.Count(one => one.GetProperty("type").GetString() == "series"));
            Assert.Contains(objects, one => one.GetProperty("type").GetString() == "progress" && one.TryGetProperty("bytesWanted", out _));
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("none", false)]
    [InlineData("plain", true)]
    public async Task Progress_is_shown_as_asked_for(string mode, bool hasLines)
    {
        await using var store = await CliStore.StartAsync();
        store.IsInteractive = true;
        var study = store.PutStudy();

        var result = await store.DownloadAsync(study, "--progress", mode);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(hasLines, result.Out.Contains($"saved {study.StudyInstanceUid}/", StringComparison.Ordinal));
        Assert.Contains("complete: 5 instances saved", result.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Plain_lines_come_every_ten_seconds_and_say_that_the_store_gives_nothing()
    {
        await using var store = await CliStore.StartAsync();
        await using var cod = new CodDownload(new CodDownloadOptions { Endpoint = store.Server.Endpoint });
        cod.InitBucket(TestStore.Url);
        cod.InitDirectory(store.Folder.Output);
        var job = cod.CreateJob([store.PutStudy().StudyInstanceUid]);
        using var output = new StringWriter();

        await new PlainView(output).ShowAsync(job, progress =>
        {
            for (var second = 0.0; second <= 35; second += 0.25)
            {
                progress!.Report(CodModelFactory.JobProgress(
                    bytesReceived: 500_000, bytesWanted: 1_000_000, instancesSaved: 5, instancesWanted: 10, bytesPerSecond: 0, elapsed: TimeSpan.FromSeconds(second),
                    outageDuration: second < 18 ? TimeSpan.Zero : TimeSpan.FromSeconds(second - 14)));
            }

            return Task.CompletedTask;
        });

        Assert.Equal(
            [
                " 50%  500.0 kB of 1.0 MB  0 B/s  5 of 10 instances saved",
                " 50%  500.0 kB of 1.0 MB  0 B/s  5 of 10 instances saved; waiting: no response of the store for 0:06, trying again",
                " 50%  500.0 kB of 1.0 MB  0 B/s  5 of 10 instances saved; waiting: no response of the store for 0:16, trying again",
            ],
            output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r')));
    }

    [Theory]
    [InlineData(false, "1 instance looked at, 5 B read, 2 found")]
    [InlineData(true, "{\"type\":\"progress\",\"instancesChecked\":1,\"bytesRead\":5,\"issues\":2}")]
    public void A_verification_says_how_far_it_is_every_while(bool json, string line)
    {
        using var output = new StringWriter();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var lines = new VerifyLines(output, json, time);
        for (var i = 0; i < 100; i++)
        {
            lines.Report(new(1, 5, 2));
            time.Advance(TimeSpan.FromSeconds(0.25));
        }

        var written = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(json ? 24 : 2, written.Length);
        Assert.All(written, one => Assert.Equal(line, one.TrimEnd('\r')));
    }

    [Fact]
    public void A_bar_says_that_the_store_gives_nothing()
    {
        Assert.Single(ProgressFrame.Lines(CodModelFactory.JobProgress(outageDuration: TimeSpan.FromSeconds(2)), []));
        Assert.Equal(
            "waiting: no response of the store for 1:05, trying again",
            ProgressFrame.Lines(CodModelFactory.JobProgress(outageDuration: TimeSpan.FromSeconds(65)), []).ElementAt(1));
    }

    private static async Task<CliResult> ShellAsync(string redirection, params string[] args)
    {
        using var process = CliProcess.Start(["/bin/sh", "-c", $"exec \"$@\" {redirection}", "sh"], args);
        return await process.EndAsync();
    }
}
