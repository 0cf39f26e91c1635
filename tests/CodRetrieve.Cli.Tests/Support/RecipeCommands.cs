using System.Text;
using System.Text.RegularExpressions;

namespace CodRetrieve.Cli.Tests.Support;

/// <summary>The commands of a recipe, run one after the other against a store, in a folder of the test's instead of the current one. What the recipe shows of their output must be printed.</summary>
internal sealed partial class RecipeCommands(CliStore store, string document)
{
    // Their values are names of files.
    private static readonly string[] WithFile = ["-o", "--output", "--from", "--report", "--failed-list", "--layout-salt-file"];

    /// <summary>Writes a table of the document, the only one in <c>csv</c>, as a file.</summary>
    public void WriteTable(string name) => store.Folder.Write(name, Encoding.UTF8.GetBytes(Blocks().Single(block => block.Language == "csv").Content));

    /// <summary>Runs each command, with more arguments for all, and gives the results in their order.</summary>
    public async Task<IReadOnlyList<CliResult>> RunAsync()
    {
        var results = new List<CliResult>();
        var isLastShown = false;
        foreach (var (language, content) in Blocks())
        {
            if (language == "bash")
            {
                isLastShown = false;
                foreach (var line in content.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    results.Add(await store.RunAsync(ArgumentsOf(line)));
                }
            }
            else if (language == "text")
            {
                Assert.False(isLastShown || results.Count == 0, $"{document}: output without a command.");
                isLastShown = true;
                AssertPrinted(content, results[^1]);
            }
        }

        return results;
    }

    private string[] ArgumentsOf(string line)
    {
        var words = Words().Matches(line).Select(match => match.Value.Trim('\'')).ToArray();
        Assert.Equal("cod-retrieve", words[0]);
        return [.. words.Skip(1).Select((word, i) => WithFile.Contains(words[i]) ? Path.Combine(store.Folder.Path, word) : word)];
    }

    // Lines in the same order; what differs from run to run is shown as an ellipsis.
    private void AssertPrinted(string text, CliResult result)
    {
        var pattern = string.Join("(.*\n)*?.*", text.Trim().Split('\n').Select(line => Regex.Escape(line.Trim()).Replace("…", ".*", StringComparison.Ordinal)));
        Assert.True(Regex.IsMatch(result.Out, pattern, RegexOptions.None, TimeSpan.FromSeconds(5)), $"{document} shows\n{text}\nand printed is\n{result.Out}\n{result.Error}");
    }

    private IEnumerable<(string Language, string Content)> Blocks()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, document)).ReplaceLineEndings("\n");
        return Fences().Matches(text).Select(match => (match.Groups["language"].Value, match.Groups["content"].Value));
    }

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<content>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Fences();

    [GeneratedRegex(@"'[^']*'|[^\s']+", RegexOptions.None, 5000)]
    private static partial Regex Words();
}
