namespace CodRetrieve.Tests.Docs;

/// <summary>The tables of a document.</summary>
public static class DocTable
{
    /// <summary>The rows below a heading's first table, each as its trimmed cells.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Rows(string root, string document, string heading)
    {
        var lines = File.ReadAllLines(Path.Combine(root, document));
        var start = Array.IndexOf(lines, heading);
        Assert.True(start >= 0, $"{document} has no heading '{heading}'.");
        return lines
            .Skip(start)
            .SkipWhile(line => !line.StartsWith("|--", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => (IReadOnlyList<string>)[.. line.Trim('|').Split('|').Select(cell => cell.Trim())])
            .ToList();
    }

    /// <summary>What stands between backquotes in a cell.</summary>
    public static IEnumerable<string> Code(string cell) => cell.Split('`').Where((_, i) => i % 2 == 1);
}
