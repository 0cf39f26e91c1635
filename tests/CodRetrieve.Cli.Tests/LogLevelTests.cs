using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

public sealed class LogLevelTests
{
    private const string Token = "ya29.secret-of-the-log-test";

    [Fact(Timeout = 30_000)]
    public async Task Without_it_there_are_no_log_lines()
    {
        await using var store = await CliStore.StartAsync();

        Assert.Equal("", (await store.DownloadAsync(store.PutStudy())).Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task Messages_are_lines_on_standard_error_and_never_on_standard_output()
    {
        await using var store = await CliStore.StartAsync();
        store.Server.Faults.Add(Fault.Status(503), times: 1);

        var result = await store.DownloadAsync(store.PutStudy(), "--json", "--log-level", "trace");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(5, result.Json.GetProperty("instancesSaved").GetInt32());
        Assert.NotEmpty(result.ErrorLines);
        Assert.All(result.ErrorLines, line => Assert.Matches(@"^(trace|debug|info|warn|fail|critical): CodRetrieve[\w.]*\[\d+\] \S", line));
    }

    [Fact(Timeout = 30_000)]
    public async Task Lower_levels_stay_out()
    {
        await using var store = await CliStore.StartAsync();
        store.Server.Faults.Add(Fault.Status(503), times: 1);

        var all = await store.DownloadAsync(store.PutStudy(), "--log-level", "Debug");
        var none = await store.DownloadAsync(store.PutStudy(2), "--log-level", "critical");

        Assert.NotEqual("", all.Error);
        Assert.Equal("", none.Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task No_line_holds_a_token()
    {
        await using var store = await CliStore.StartAsync();
        store.Server.Faults.Add(Fault.Status(503), times: 1);

        var result = await store.DownloadAsync(store.PutStudy(), "--log-level", "trace", "--token", Token);

        Assert.NotEmpty(result.ErrorLines);
        Assert.DoesNotContain(Token, result.Error + result.Out, StringComparison.Ordinal);
    }
}
