using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests;

public sealed class UsageTests
{
    [Theory(Timeout = 30_000)]
    [InlineData]
    [InlineData("retrieve")]
    [InlineData("stats")]
    [InlineData("stats", "gs://bucket/p")]
    [InlineData("stats", "gs://bucket/p", "@")]
    [InlineData("stats", "gs://bucket/p", "--from", "")]
    [InlineData("stats", "gs://bucket/p", "--from", "no-such-file.csv")]
    [InlineData("stats", "gs://bucket/p", "--from", ".")]
    [InlineData("stats", "gs://bucket/p", "--from")]
    [InlineData("download", "gs://bucket/p", "1.2.3")]
    [InlineData("download", "gs://bucket/p", "1.2.3", "-o")]
    [InlineData("download", "gs://bucket/p", "1.2.3", "-o", "")]
    [InlineData("verify", "gs://bucket/p", "1.2.3")]
    [InlineData("verify", "gs://bucket/p", "1.2.3", "-o", "")]
    [InlineData("stats", "gs://bucket/p", "1.2.3", "--connections", "0")]
    [InlineData("stats", "gs://bucket/p", "1.2.3", "--connections", "257")]
    [InlineData("stats", "gs://bucket/p", "1.2.3", "--connections", "many")]
    [InlineData("stats", "gs://bucket/p", "1.2.3", "--limit-rate", "fast")]
    [InlineData("stats", "gs://bucket/p", "1.2.3", "--limit-rate", "1K")]
    [InlineData("stats", "gs://bucket/p", "1.2.3", "--log-level", "loud")]
    [InlineData("stats", "gs://bucket/p", "1.2.3", "--log-level", "2")]
    [InlineData("stats", "gs://bucket/p", "1.2.3", "--endpoint", "localhost:4443")]
    [InlineData("stats", "gs://bucket/p", "1.2.3", "--endpoint", "ftp://localhost")]
    [InlineData("stats", "gs://bucket/p", "1.2.3", "--token", "")]
    [InlineData("stats", "gs://bucket/p", "1.2.3", "--token", "two words")]
    [InlineData("stats", "gs://bucket/p", "1.2.3", "--credentials", "no-such-key-file.json")]
    [InlineData("stats", "gs://bucket/p", "1.2.3", "--unknown")]
    [InlineData("stats", "gs://bucket/p", "../1.2.3")]
    [InlineData("stats", "gs://bucket/p", "")]
    [InlineData("stats", "gs://Bucket/p", "1.2.3")]
    [InlineData("stats", "http://host/bucket", "1.2.3")]
    [InlineData("stats", "no-such-folder", "1.2.3")]
    [InlineData("stats", "", "1.2.3")]
    public async Task Bad_usage_exits_with_2_and_explains(params string[] args)
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunBareAsync(CancellationToken.None, args);

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
        Assert.NotEmpty(result.ErrorLines);
        Assert.StartsWith("error: ", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("--help")]
    [InlineData("stats", "--help")]
    [InlineData("download", "--help")]
    [InlineData("verify", "--help")]
    [InlineData("list", "--help")]
    public async Task Help_has_examples(params string[] args)
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunBareAsync(CancellationToken.None, args);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.All(args[..^1].DefaultIfEmpty("stats"), command => Assert.Contains($"  cod-retrieve {command} gs://", result.Out, StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Help_warns_of_tokens_on_the_command_line()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunBareAsync(CancellationToken.None, "download", "--help");

        Assert.Contains("COD_RETRIEVE_TOKEN", result.Out, StringComparison.Ordinal);
        Assert.Contains("Other users", result.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Version_is_that_of_the_tool()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunBareAsync(CancellationToken.None, "--version");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\s*$", result.Out);
    }
}
