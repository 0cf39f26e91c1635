using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

/// <summary>What only the real process shows: its exit code, its streams and its signals.</summary>
public sealed class ProcessTests
{
    [Fact(Timeout = 60_000)]
    public async Task Exits_with_0_and_pure_json()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.PutStudy();

        var result = await CliProcess.RunAsync("download", TestStore.Url, study.StudyUid, "-o", store.Folder.Output, "--json", "--endpoint", store.Server.Endpoint.AbsoluteUri);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(5, result.Json.GetProperty("instancesSaved").GetInt32());
    }

    [Fact(Timeout = 60_000)]
    public async Task Help_calls_the_tool_by_its_name()
    {
        var result = await CliProcess.RunAsync("stats", "--help");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("cod-retrieve stats <BUCKET> <STUDY>...", result.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Bad_usage_exits_with_2()
    {
        var result = await CliProcess.RunAsync("download");

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
    }

    [UnixFact]
    public Task An_interrupt_ends_it_cleanly_with_130() => EndsCleanlyAsync(process => process.Interrupt());

    [UnixFact]
    public Task A_request_to_terminate_ends_it_cleanly_with_130() => EndsCleanlyAsync(process => process.Terminate());

    private static async Task EndsCleanlyAsync(Action<CliProcess> signal)
    {
        await using var store = await TestStore.StartAsync();
        var study = store.PutStudy();
        store.Server.Faults.Add(Fault.StallAfter(40_000), objectName: name => name.EndsWith(".tar", StringComparison.Ordinal));
        using var process = CliProcess.Start("download", TestStore.Url, study.StudyUid, "-o", store.Folder.Output, "--endpoint", store.Server.Endpoint.AbsoluteUri);
        await store.Server.WaitForRequestAsync(request => request.BytesSent == 40_000);
        signal(process);

        var result = await process.EndAsync();

        Assert.Equal(130, result.ExitCode);
        Assert.Equal("error: Cancelled. What is saved stays; run the same command again to go on.", Assert.Single(result.ErrorLines));
        Assert.Empty(Directory.EnumerateFiles(store.Folder.Output, "*.partial", Leftovers.Everything));
    }
}
