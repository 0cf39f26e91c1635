using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CodRetrieve.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace CodRetrieve.Tests.Packages;

/// <summary>What can be told of the workflows without the service that runs them.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.yml").Select(file => Path.GetFileName(file))];

    private static string Folder => Path.Combine(Repository.Root, ".github", "workflows");

    [Fact]
    public void Build_runs_on_the_three_systems_for_each_push_and_proposal()
    {
        var root = Read("build.yml");
        Assert.Equal(["push", "pull_request"], Keys(root["on"]));
        var systems = (YamlSequenceNode)Job(root, "build")["strategy"]["matrix"]["os"];
        Assert.Equal(["ubuntu-latest", "windows-latest", "macos-latest"], systems.Select(Text));
    }

    [Fact]
    public void Publish_runs_on_tags_of_versions_only_and_may_ask_for_a_key()
    {
        var root = Read("publish.yml");
        Assert.Equal(["push"], Keys(root["on"]));
        Assert.Equal(["tags"], Keys(root["on"]["push"]));
        Assert.Equal(["v*"], ((YamlSequenceNode)root["on"]["push"]["tags"]).Select(Text));
        Assert.Equal("write", Text(Job(root, "publish")["permissions"]["id-token"]));
        Assert.Equal(["contents"], Keys(root["permissions"]));
    }

    [Fact]
    public void Publish_tests_before_it_pushes_and_pushes_what_it_packed()
    {
        var commands = Steps(Read("publish.yml")).Select(Command).ToList();
        var test = commands.IndexOf(".ci/run");
        var pack = commands.FindIndex(command => command.StartsWith("dotnet pack ", StringComparison.Ordinal) && command.Contains("-p:Version=\"$PACKAGE_VERSION\"", StringComparison.Ordinal));
        var push = commands.FindIndex(command => command.StartsWith("dotnet nuget push \"artifacts/publish/*.nupkg\"", StringComparison.Ordinal));
        Assert.True(test >= 0 && test < pack && pack < push);
        Assert.Contains("--output artifacts/publish", commands[pack], StringComparison.Ordinal);
        Assert.Contains("--skip-duplicate", commands[push], StringComparison.Ordinal);
    }

    [Fact]
    public void The_tool_is_packed_for_each_platform_that_its_package_names_and_these_are_pushed_first()
    {
        var root = Read("publish.yml");
        var platforms = ((YamlSequenceNode)Job(root, "native")["strategy"]["matrix"]["include"]).Select(one => Text(one["rid"]));
        var project = XDocument.Load(Path.Combine(Repository.Root, "src", "CodRetrieve.Cli", "CodRetrieve.Cli.csproj"));
        var named = project.Descendants("ToolPackageRuntimeIdentifiers").Single().Value.Split(';');

        Assert.Equal(named, platforms.Append("any"));
        var commands = Steps(root).Select(Command).ToList();
        Assert.Contains(commands, command => command.Contains("--runtime any --output artifacts/native", StringComparison.Ordinal));
        Assert.Equal(
            ["artifacts/native/*.nupkg", "artifacts/publish/*.nupkg"],
            commands.Where(command => command.StartsWith("dotnet nuget push", StringComparison.Ordinal)).Select(command => command.Split('"')[1]));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_step_does_one_thing_and_names_what_exists(string file)
    {
        foreach (var step in Steps(Read(file)))
        {
            Assert.Single(Keys(step), key => key is "run" or "uses");
            foreach (Match path in PathInRepository().Matches(Command(step)))
            {
                Assert.True(Path.Exists(Path.Combine(Repository.Root, path.Value)), $"{file} names {path.Value}, which does not exist.");
            }
        }
    }

    [Fact]
    public void What_the_workflows_run_names_what_exists_and_may_be_run()
    {
        var script = Path.Combine(Repository.Root, ".ci", "run");
        Assert.All(PathInRepository().Matches(File.ReadAllText(script)), path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path.Value)), path.Value));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("v1.2.3", "1.2.3")]
    [InlineData("v1.3.0-rc.1", "1.3.0-rc.1")]
    [InlineData("v1.2", null)]
    [InlineData("vNext", null)]
    [InlineData("v1.2.3 && x", null)]
    public async Task The_version_is_that_of_the_tag(string tag, string? version)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TempFolder();
        var environment = Path.Combine(folder.Path, "environment");
        await File.WriteAllTextAsync(environment, "");
        var command = Command(Steps(Read("publish.yml")).Single(step => Command(step).Contains("GITHUB_ENV", StringComparison.Ordinal)));
        var start = new ProcessStartInfo("bash", ["-e", "-c", command]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["GITHUB_REF_NAME"] = tag;
        start.Environment["GITHUB_ENV"] = environment;
        using var bash = Process.Start(start)!;
        var said = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();

        Assert.Equal(version is null ? 1 : 0, bash.ExitCode);
        Assert.Equal(version is null ? "" : $"PACKAGE_VERSION={version}\n", await File.ReadAllTextAsync(environment));
        Assert.Equal(version is null, said.Contains("names no version", StringComparison.Ordinal));
    }

    private static YamlMappingNode Read(string file)
    {
        using var reader = File.OpenText(Path.Combine(Folder, file));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static YamlMappingNode Job(YamlMappingNode root, string name) => (YamlMappingNode)root["jobs"][name];

    private static IEnumerable<YamlMappingNode> Steps(YamlMappingNode root) =>
        ((YamlMappingNode)root["jobs"]).Children.Values.SelectMany(static job => (YamlSequenceNode)job["steps"]).Cast<YamlMappingNode>();

    private static IEnumerable<string> Keys(YamlNode node) => ((YamlMappingNode)node).Children.Keys.Select(Text);

    private static string Command(YamlMappingNode step) => step.Children.TryGetValue("run", out var command) ? Text(command) : "";

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value ?? "";

    // A project, a script or the solution; not what is made on the way (artifacts).
    [GeneratedRegex(@"(?<![\w/.-])(?:(?:src|tests|samples|\.ci)/[\w./-]*[\w]|[\w.]+\.sln)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PathInRepository();
}
