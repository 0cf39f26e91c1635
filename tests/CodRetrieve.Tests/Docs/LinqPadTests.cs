using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Docs;

/// <summary>The LINQPad scripts compile, and do what they say.</summary>
public sealed class LinqPadTests
{
    private const string Url = "https://storage.googleapis.com/my-bucket/my-prefix?token=my-token";

    private static string Folder => Path.Combine(Repository.Root, "samples", "LINQPad");

    public static TheoryData<string> Scripts => new(LinqPadScript.In(Folder).Select(script => script.Name));

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Scripts))]
    public async Task Every_script_runs(string name)
    {
        await using var store = await TestStore.StartAsync(new() { AcceptedTokens = ["my-token"] });
        var study = new SyntheticStudy("1.2.3.4", seed: 1);
        study.AddSeries(new() { InstanceCount = 3 });
        study.PutInto(store.Server.CreateBucket("my-bucket"), "my-prefix/dicomweb");
        using var folder = new TempFolder();
        var script = LinqPadScript.In(Folder).Single(script => script.Name == name);

        // The two places that a user would change too.
        var program = script.ToProgram(code => code
            .Replace("Path.GetTempPath()", $"@\"{folder.Path}\"", StringComparison.Ordinal)
            .Replace("new CodDownload()", $"new CodDownload(new CodDownloadOptions {{ Endpoint = new Uri(\"{store.Server.Endpoint}\") }})", StringComparison.Ordinal));
        await CodeCompiler.RunAsync(CodeCompiler.Compile(program));

        Assert.Contains(Url, script.Code, StringComparison.Ordinal);
        Assert.NotEmpty(store.Server.Requests);
        if (name == "Download.linq")
        {
            Assert.Equal(study.Expected(), SavedFiles.InFolder(Path.Combine(folder.Path, "studies")));
        }
    }

    [Fact]
    public void Every_script_asks_for_the_package_only()
    {
        Assert.All(LinqPadScript.In(Folder), script =>
        {
            Assert.Contains(script.Header.Attribute("Kind")!.Value, new[] { "Statements", "Program" });
            Assert.Equal(["CodRetrieve"], script.Header.Elements("NuGetReference").Select(element => element.Value));
        });
    }
}
