using System.Text.RegularExpressions;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Docs;

/// <summary>What the documents say is true: their code compiles and runs, their links lead somewhere.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents => new(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_block_of_code_compiles(string document)
    {
        foreach (var block in CodeBlock.In(Repository.Root, document))
        {
            CodeCompiler.Compile(block.Code);
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_relative_link_leads_to_a_file(string document)
    {
        var path = Path.Combine(Repository.Root, document);
        foreach (var target in Links().Matches(File.ReadAllText(path)).Select(match => match.Groups["target"].Value))
        {
            if (!target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
            {
                var file = Path.Combine(Path.GetDirectoryName(path)!, target.Split('#')[0]);
                Assert.True(File.Exists(file) || Directory.Exists(file), $"{document} links to {target}, which is not there.");
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task The_first_example_of_the_readme_retrieves_the_studies()
    {
        await using var store = await TestStore.StartAsync(new() { AcceptedTokens = ["my-token"] });
        var studies = new[] { new SyntheticStudy("1.2.3.4", seed: 1), new SyntheticStudy("1.2.3.5", seed: 2) };
        var bucket = store.Server.CreateBucket("my-bucket");
        foreach (var study in studies)
        {
            study.AddSeries(new() { InstanceCount = 3 });
            study.PutInto(bucket, "my-prefix/dicomweb");
        }

        using var folder = new TempFolder();
        var example = CodeBlock.In(Repository.Root, "README.md").Single(block => block.IsRun).Code;
        // The two places that a user would change too: where the files go, and here the server that stands for the cloud.
        var code = Replaced(example, "\"studies\"", $"@\"{folder.Path}\"");
        code = Replaced(code, "new CodDownload()", $"new CodDownload(new CodDownloadOptions {{ Endpoint = new Uri(\"{store.Server.Endpoint}\") }})");

        await CodeCompiler.RunAsync(CodeCompiler.Compile(code));

        Assert.Equal(studies.SelectMany(study => study.Expected()), SavedFiles.InFolder(folder.Path));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_example_for_users_of_the_JavaScript_tool_retrieves_the_study()
    {
        await using var store = await TestStore.StartAsync(new() { AcceptedTokens = ["my-token"] });
        var study = new SyntheticStudy("1.2.3.4", seed: 1);
        study.AddSeries(new() { InstanceCount = 3 });
        study.PutInto(store.Server.CreateBucket("my-bucket"), "my-prefix/dicomweb");
        using var folder = new TempFolder();
        var code = Replaced(CodeBlock.In(Repository.Root, "docs/migrating-from-javascript.md").Single(block => block.IsRun).Code, "\"studies\"", $"@\"{folder.Path}\"");
        code = Replaced(code, "new CodDownload()", $"new CodDownload(new CodDownloadOptions {{ Endpoint = new Uri(\"{store.Server.Endpoint}\") }})");

        await CodeCompiler.RunAsync(CodeCompiler.Compile(code));

        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
    }

    [Fact]
    public void Every_name_in_the_table_for_users_of_the_JavaScript_tool_exists()
    {
        var types = typeof(CodDownload).Assembly.GetExportedTypes().ToLookup(type => type.Name, StringComparer.Ordinal);
        foreach (var row in DocTable.Rows(Repository.Root, "docs/migrating-from-javascript.md", "## Names"))
        {
            foreach (Match match in Members().Matches(row[1]))
            {
                Assert.Contains(types[match.Groups["type"].Value], type => type.GetMember(match.Groups["member"].Value).Length > 0);
            }
        }
    }

    private static string Replaced(string code, string old, string with)
    {
        Assert.Contains(old, code, StringComparison.Ordinal);
        return code.Replace(old, with, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Links();

    [GeneratedRegex(@"\b(?<type>DownloadStats|Job|BucketDetails)\.(?<member>\w+)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Members();
}
