using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

/// <summary>What only the real process shows: its exit code, its streams and its signals.</summary>
public sealed class ProcessTests
{
    private const string Stopping = "Stopping cleanly; Ctrl+C once more ends it at once.";

    [Fact(Timeout = 60_000)]
    public async Task Exits_with_0_and_pure_json()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();

        var result = await CliProcess.RunAsync("download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--json", "--endpoint", store.Server.Endpoint.AbsoluteUri);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(5, result.Json.GetProperty("instancesSaved").GetInt32());
    }

    [Fact(Timeout = 60_000)]
    public async Task Help_calls_the_tool_by_its_name()
    {
        var result = await CliProcess.RunAsync("stats", "--help");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("cod-retrieve stats <BUCKET> [<STUDY>...]", result.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Bad_usage_exits_with_2()
    {
        var result = await CliProcess.RunAsync("download");

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_second_process_names_the_study_that_another_one_is_saving_and_saves_the_others(bool zip)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var other = store.PutStudy(7);
        store.Server.Faults.Add(Fault.StallAfter(40_000), objectName: name => name.EndsWith(".tar", StringComparison.Ordinal), times: 1);
        string[] args = ["download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--quiet", "--endpoint", store.Server.Endpoint.AbsoluteUri, .. zip ? ["--zip"] : Array.Empty<string>()];
        using var first = CliProcess.Start(args);
        await store.Server.WaitForRequestAsync(request => request.BytesSent == 40_000);

        var second = await CliProcess.RunAsync([.. args, other.StudyInstanceUid, "--lock-timeout", "0.2s"]);

        Assert.Equal(1, second.ExitCode);
        Assert.StartsWith($"error: The study {study.StudyInstanceUid} was not retrieved: another process is saving it into {store.Folder.Output} (process {first.Id} of {Environment.UserName} on {Environment.MachineName}).", Assert.Single(second.ErrorLines), StringComparison.Ordinal);
        first.Kill();
        await first.EndAsync();
        Assert.Equal(new CliResult(0, "", ""), await CliProcess.RunAsync(args));
        Assert.Equal(new[] { study, other }.Expected(), SavedFiles.In(store.Folder.Output, zip));
    }

    [UnixFact]
    public Task An_interrupt_ends_it_cleanly_with_130() => EndsCleanlyAsync(process => process.Interrupt(), Stopping);

    [UnixFact]
    public Task A_request_to_terminate_ends_it_cleanly_with_130() => EndsCleanlyAsync(process => process.Terminate());

    // Whatever the tests themselves were started with.
    [LinuxFact]
    public Task A_closed_terminal_ends_it_cleanly_with_130() => EndsCleanlyAsync(["env", "--default-signal=HUP"], process => process.HangUp());

    [LinuxFact]
    public async Task A_closed_terminal_does_not_end_what_was_started_with_nohup()
    {
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { BytesPerSecondPerConnection = 200_000 });
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 10, InstanceSizeBytes = 20_000 });
        using var process = CliProcess.Start(["nohup"], ["download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--quiet", "--endpoint", store.Server.Endpoint.AbsoluteUri]);
        await store.Server.WaitForRequestAsync(request => request.ObjectName?.EndsWith(".tar", StringComparison.Ordinal) == true);

        process.HangUp();

        Assert.Equal(0, (await process.EndAsync()).ExitCode);
        Assert.Equal(study.Expected(), SavedFiles.In(store.Folder.Output, zip: false));
    }

    [UnixFact]
    public async Task A_second_interrupt_ends_at_once_what_does_not_come_to_an_end()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        store.Server.Faults.Add(Fault.StallAfter(40_000), objectName: name => name.EndsWith(".tar", StringComparison.Ordinal));
        using var output = StuckOutput.Create(Path.Combine(store.Folder.Path, "output"));
        using var process = CliProcess.StartInto(output.Path, "download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--endpoint", store.Server.Endpoint.AbsoluteUri);
        await store.Server.WaitForRequestAsync(request => request.BytesSent == 40_000);

        // The job ends cleanly, but the summary finds no one who takes it.
        output.Fill();
        process.Interrupt();
        await process.WaitForErrorLineAsync(Stopping);
        Assert.False(process.HasExited);

        process.Interrupt();
        var result = await process.EndAsync();

        // Ended by the signal itself, without a word.
        Assert.Equal(130, result.ExitCode);
        Assert.Equal(Stopping, Assert.Single(result.ErrorLines));
    }

    [UnixFact]
    public async Task Two_interrupts_in_a_row_leave_whole_files_only_and_the_next_run_goes_on()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy(1, new SyntheticSeriesOptions { InstanceCount = 20 });
        store.Server.Faults.Add(Fault.StallAfter(400_000), objectName: name => name.EndsWith(".tar", StringComparison.Ordinal));
        string[] command = ["download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--endpoint", store.Server.Endpoint.AbsoluteUri];
        using var process = CliProcess.Start(command);
        await store.Server.WaitForRequestAsync(request => request.BytesSent == 400_000);
        process.Interrupt();
        process.InterruptIfRunning();

        Assert.Equal(130, (await process.EndAsync()).ExitCode);
        var saved = SavedFiles.In(store.Folder.Output, zip: false);
        Assert.Equal(saved, study.Expected().Where(file => saved.ContainsKey(file.Key)));

        store.Server.Faults.Clear();
        var next = await CliProcess.RunAsync(command);

        Assert.Equal((0, ""), (next.ExitCode, next.Error));
        Assert.Equal(study.Expected(), SavedFiles.In(store.Folder.Output, zip: false));
    }

    private static Task EndsCleanlyAsync(Action<CliProcess> signal, params string[] before) => EndsCleanlyAsync([], signal, before);

    private static async Task EndsCleanlyAsync(string[] starter, Action<CliProcess> signal, params string[] before)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        store.Server.Faults.Add(Fault.StallAfter(40_000), objectName: name => name.EndsWith(".tar", StringComparison.Ordinal));
        using var process = CliProcess.Start(starter, ["download", TestStore.Url, study.StudyInstanceUid, "-o", store.Folder.Output, "--endpoint", store.Server.Endpoint.AbsoluteUri]);
        await store.Server.WaitForRequestAsync(request => request.BytesSent == 40_000);
        signal(process);

        var result = await process.EndAsync();

        Assert.Equal(130, result.ExitCode);
        Assert.Equal([.. before, "error: Cancelled. What is saved stays; run the same command again to go on."], result.ErrorLines);
        Assert.Empty(Directory.EnumerateFiles(store.Folder.Output, "*.partial", Leftovers.Everything));
    }
}
