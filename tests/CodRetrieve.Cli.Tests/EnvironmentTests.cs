using System.CommandLine;
using CodRetrieve.Cli.Input;
using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests;

public sealed class EnvironmentTests
{
    private static readonly RootCommand Root = CommandLine.Create(new Terminal(TextWriter.Null, TextWriter.Null, new Dictionary<string, string?>(StringComparer.Ordinal)));

    public static TheoryData<string, string> Options()
    {
        var options = new TheoryData<string, string>();
        foreach (var command in Root.Subcommands)
        {
            foreach (var option in EnvironmentOptions.Of(command).Where(option => option.Name != "--token"))
            {
                options.Add(command.Name, option.Name);
            }
        }

        return options;
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void Every_option_has_a_variable(string command, string option)
    {
        var found = EnvironmentOptions.Of(Root.Subcommands.Single(one => one.Name == command)).Single(one => one.Name == option);
        var value = ValueFor(found);
        var variable = "COD_RETRIEVE_" + option[2..].Replace('-', '_').ToUpperInvariant();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { [variable] = value };
        string[] typed = [command, "gs://bucket/p", "1.2.3"];

        var args = EnvironmentOptions.Insert(typed, EnvironmentOptions.WordsFor(Root.Parse(typed), environment));

        Assert.Equal([.. typed, $"{option}={value}"], args);
        Assert.DoesNotContain(Root.Parse(args).Errors, error => error.Message.Contains(option, StringComparison.Ordinal) && !error.Message.Contains("required", StringComparison.Ordinal));
        Assert.Equal(value, Root.Parse(args).GetResult(found)!.Tokens.Single().Value);

        // What is typed wins: the variable adds nothing.
        string[] both = [.. typed, $"{option}={value}"];
        Assert.Empty(EnvironmentOptions.WordsFor(Root.Parse(both), environment));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_download_follows_its_variables()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        store.Environment["COD_RETRIEVE_OUTPUT"] = store.Folder.Output;
        store.Environment["COD_RETRIEVE_JSON"] = "1";
        store.Environment["COD_RETRIEVE_ZIP"] = "true";
        store.Environment["COD_RETRIEVE_ENDPOINT"] = store.Server.Endpoint.AbsoluteUri;

        var result = await store.RunBareAsync(CancellationToken.None, "download", TestStore.Url, "--", study.StudyInstanceUid);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal("complete", result.Json.GetProperty("outcome").GetString());
        Assert.Equal(study.Expected(), SavedFiles.In(store.Folder.Output, zip: true));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_command_line_wins()
    {
        await using var store = await CliStore.StartAsync();
        store.Environment["COD_RETRIEVE_CONNECTIONS"] = "many";
        store.Environment["COD_RETRIEVE_CREDENTIALS"] = "no-such-key-file.json";

        var result = await store.DownloadAsync(store.PutStudy(), "--connections", "2", "--anonymous");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bad_value_exits_with_2_and_names_the_variable()
    {
        await using var store = await CliStore.StartAsync();
        store.Environment["COD_RETRIEVE_CONNECTIONS"] = "many";

        var result = await store.DownloadAsync(store.PutStudy());

        Assert.Equal((2, ""), (result.ExitCode, result.Out));
        Assert.Contains("COD_RETRIEVE_CONNECTIONS", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Help_lists_the_environment_variables()
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunBareAsync(CancellationToken.None, "download", "--help");

        Assert.Contains("COD_RETRIEVE_LIMIT_RATE", result.Out, StringComparison.Ordinal);
    }

    private static string ValueFor(Option option) =>
        option.ValueType == typeof(bool) ? "true"
        : option.Name switch
        {
            "--connections" => "3",
            "--min-connections" => "2",
            "--limit-rate" => "20M",
            "--min-rate" => "0",
            "--retries" => "4",
            "--commitment-port" => "11113",
            "--lock-timeout" or "--connect-timeout" or "--idle-timeout" or "--retry-for" or "--stop-after" or "--commitment-timeout" => "45s",
            "--progress" => "json",
            "--times" => "index",
            "--log-level" => "debug",
            "--existing" => "keep",
            "--durability" => "none",
            "--max-storage-class" => "nearline",
            "--level" => "series",
            "--where" => "Modality=CT",
            "--whole" => "series",
            "--sample" => "middle",
            "--unknown" => "include",
            "--verify-delivery" => "exists",
            _ => "some-value",
        };
}
