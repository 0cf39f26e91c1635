using System.Text.RegularExpressions;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Docs;

/// <summary>docs/troubleshooting.md explains messages that there are.</summary>
public sealed partial class TroubleshootingDocumentTests
{
    [Fact]
    public void Every_message_that_the_document_explains_is_in_the_source()
    {
        var source = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        var explained = FirstCells().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/troubleshooting.md"))).Select(match => match.Groups["text"].Value).ToList();

        Assert.InRange(explained.Count, 20, int.MaxValue);
        Assert.DoesNotContain(explained, text => !source.Contains(text, StringComparison.Ordinal));
    }

    [GeneratedRegex("^\\| `(?<text>[^`]+)` \\|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex FirstCells();
}
