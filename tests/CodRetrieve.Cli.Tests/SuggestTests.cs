using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests;

/// <summary>What shells ask by way of dotnet-suggest.</summary>
public sealed class SuggestTests
{
    [Theory(Timeout = 30_000)]
    [InlineData("dow", "download")]
    [InlineData("download --lim", "--limit-rate")]
    [InlineData("download --re", "--report")]
    [InlineData("verify --rep", "--repair")]
    public async Task The_suggest_directive_completes_commands_and_options(string typed, string expected)
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunBareAsync(CancellationToken.None, $"[suggest:{typed.Length}]", typed);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains(expected, result.Out.Split('\n', StringSplitOptions.TrimEntries));
    }
}
