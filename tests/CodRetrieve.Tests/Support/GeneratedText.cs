namespace CodRetrieve.Tests.Support;

/// <summary>Text in a document that a test makes: between <c>&lt;!-- begin: name --&gt;</c> and <c>&lt;!-- end: name --&gt;</c>.</summary>
public static class GeneratedText
{
    /// <summary>Fails when the document has another text. With COD_WRITE_DOCS=1 in the environment, writes it instead.</summary>
    public static void AssertIsIn(string document, string name, string text)
    {
        var path = Path.Combine(Repository.Root, document);
        var all = File.ReadAllText(path);
        var (begin, end) = ($"<!-- begin: {name} -->\n", $"<!-- end: {name} -->");
        var start = all.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var stop = all.IndexOf(end, StringComparison.Ordinal);
        Assert.True(start >= begin.Length && stop >= start, $"{document} has no place for '{name}'.");
        if (Environment.GetEnvironmentVariable("COD_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, all[..start] + text + all[stop..]);
            return;
        }

        Assert.Equal(text, all[start..stop]);
    }
}
