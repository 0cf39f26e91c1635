using System.Text.RegularExpressions;
using System.Xml.Linq;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Docs;

/// <summary>Documents, public documentation and messages use the terms of <c>docs/glossary.md</c>.</summary>
public sealed partial class LanguageTests
{
    // A homemade word or phrase, and what stands in its place.
    private static readonly Dictionary<string, string> Homemade = new(StringComparer.OrdinalIgnoreCase)
    {
        ["answer"] = "response",
        ["answers"] = "responses",
        ["answered"] = "responded",
        ["walk"] = "sequential scan",
        ["walks"] = "scans",
        ["rotten"] = "corrupt",
        ["proved"] = "verified",
        ["told"] = "reported",
        ["packed"] = "gzip-compressed",
        ["unpacked"] = "decompressed",
        ["room"] = "component, or space",
        ["rooms"] = "components",
        ["house"] = "project",
        ["walls"] = "boundaries",
        ["there before"] = "skipped (already saved)",
        ["anew"] = "again",
        ["mended"] = "repaired",
        ["swept"] = "cleaned up",
        ["calls of the system"] = "system calls",
        ["memory file system"] = "tmpfs",
        ["is so"] = "say it",
        ["has it so"] = "say it",
        ["a second a series"] = "per second per series",
        ["one tar a series"] = "one tar per series",
        ["bytes a second"] = "bytes per second",
    };

    public static TheoryData<string> Documents => DocumentTests.Documents;

    public static TheoryData<string> Projects => new("CodRetrieve", "CodRetrieve.Cli", "CodRetrieve.DependencyInjection", "CodRetrieve.DicomWeb", "CodRetrieve.Dimse", "CodRetrieve.GoogleCloudStorage", "CodRetrieve.Service", "CodRetrieve.Testing");

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_uses_standard_terms(string document) =>
        AssertStandard(File.ReadLines(Path.Combine(Repository.Root, document)).Select((line, i) => ($"{document}:{i + 1}", CodeSpans().Replace(line, "`code`"))));

    [Theory]
    [InlineData(typeof(CodDownload))]
    [InlineData(typeof(Testing.GcsTestServer))]
    [InlineData(typeof(CodRetrieve.Dimse.DimseSaveHandler))]
    [InlineData(typeof(CodRetrieve.Storage.StorageClientObjectStore))]
    [InlineData(typeof(CodRetrieve.DicomWeb.StowSaveHandler))]
    [InlineData(typeof(Microsoft.Extensions.DependencyInjection.CodRetrieveServiceCollectionExtensions))]
    public void Public_documentation_uses_standard_terms(Type type)
    {
        var xml = Path.ChangeExtension(type.Assembly.Location, ".xml");

        AssertStandard(XDocument.Load(xml).Descendants("member").Select(member => (member.Attribute("name")!.Value, Spaces().Replace(member.Value, " "))));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Messages_use_standard_terms(string project)
    {
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", project), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

        AssertStandard(files.SelectMany(path => File.ReadLines(path)
            .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .SelectMany((line, i) => Literals().Matches(line).Select(match => ($"{Path.GetFileName(path)}:{i + 1}", match.Value)))));
    }

    [Fact]
    public void A_homemade_term_is_found() =>
        Assert.Throws<Xunit.Sdk.FailException>(() => AssertStandard([("here", "The tar was proved by a walk.")]));

    private static void AssertStandard(IEnumerable<(string Place, string Text)> texts)
    {
        var found = texts.SelectMany(text => Words().Matches(text.Text).Select(match => $"{text.Place}: '{match.Value}' (write: {Homemade[match.Value]}) in: {text.Text.Trim()}")).ToList();
        if (found.Count > 0)
        {
            Assert.Fail(string.Join('\n', found));
        }
    }

    private static Regex Words() => new($@"(?<!\w)({string.Join('|', Homemade.Keys)})(?!\w)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));

    [GeneratedRegex("`[^`]*`|\\]\\([^)]*\\)", RegexOptions.None, 5000)]
    private static partial Regex CodeSpans();

    [GeneratedRegex(@"\s+", RegexOptions.None, 5000)]
    private static partial Regex Spaces();

    [GeneratedRegex("\"([^\"\\\\]|\\\\.)*\"", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Literals();
}
