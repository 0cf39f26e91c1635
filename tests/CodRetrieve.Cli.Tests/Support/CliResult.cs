using System.Text.Json;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>What one run of the command line left behind.</summary>
public sealed record CliResult(int ExitCode, string Out, string Error)
{
    /// <summary>Standard output as the one JSON object that it must be.</summary>
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Out);
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
            return document.RootElement.Clone();
        }
    }

    /// <summary>This, shown to the watch for leaks. Who asks for statistics gets the description of each series on standard output, and nowhere else.</summary>
    public CliResult Watched(IReadOnlyCollection<string> args)
    {
        var isAsked = args.Contains("stats") || args.Contains("--dry-run");
        LeakWatch.Current.Look("standard output", isAsked ? Out.Replace(new SyntheticSeriesOptions().Description, "", StringComparison.Ordinal) : Out);
        LeakWatch.Current.Look("standard error", Error);
        return this;
    }

    public IReadOnlyList<string> ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
