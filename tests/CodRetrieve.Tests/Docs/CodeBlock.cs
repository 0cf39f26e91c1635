using System.Text.RegularExpressions;

namespace CodRetrieve.Tests.Docs;

/// <summary>One C# block of a document. <c>&lt;!-- run --&gt;</c> on the line before says that it is also run.</summary>
public sealed partial record CodeBlock(string Document, int Line, string Code, bool IsRun)
{
    public static IEnumerable<CodeBlock> In(string root, string document)
    {
        var text = File.ReadAllText(Path.Combine(root, document)).ReplaceLineEndings("\n");
        return Blocks().Matches(text).Select(match => new CodeBlock(
            document,
            text.AsSpan(0, match.Index).Count('\n') + 1,
            match.Groups["code"].Value,
            match.Groups["run"].Success));
    }

    public override string ToString() => $"{Document}:{Line}";

    [GeneratedRegex(@"^(?<run><!-- run -->\n)?```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Blocks();
}
