using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Docs;
using CodRetrieve.Tests.Support;
using Xunit.Abstractions;

namespace CodRetrieve.Tests.Packages;

/// <summary>The packages, packed and used as a new user would: in a fresh project, outside of the repository.</summary>
[Trait("Duration", "long")]
public sealed class PackageTests(ITestOutputHelper output) : IDisposable
{
    // Not one that the machine's package cache may hold already.
    private const string Version = "0.0.0-consumed";

    private static readonly string[] Packages = ["CodRetrieve", "CodRetrieve.Testing", "CodRetrieve.DependencyInjection", "CodRetrieve.DicomWeb", "CodRetrieve.Dimse", "CodRetrieve.GoogleCloudStorage", "CodRetrieve.SharpZipLib"];

    private readonly TempFolder _folder = new();

    private static string? Compiler => OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64
        ? new[] { "clang", "gcc" }.FirstOrDefault(name => File.Exists("/usr/bin/" + name))
        : null;

    private string Feed => Path.Combine(_folder.Path, "feed");

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 900_000)]
    public async Task A_fresh_project_builds_and_runs_the_readme_on_both_frameworks()
    {
        foreach (var package in Packages)
        {
            await PackAsync(package);
        }

        Assert.All(Packages, CheckContents);

        await using var store = await TestStore.StartAsync(new() { AcceptedTokens = ["my-token"] });
        var studies = new[] { new SyntheticStudy("1.2.3.4", seed: 1), new SyntheticStudy("1.2.3.5", seed: 2) };
        var bucket = store.Server.CreateBucket("my-bucket");
        foreach (var study in studies)
        {
            study.AddSeries(new() { InstanceCount = 3 });
            study.PutInto(bucket, "my-prefix/dicomweb");
        }

        var project = WriteProject("fresh", "<TargetFrameworks>net10.0;net8.0</TargetFrameworks>", store.Server.Endpoint);
        await DotnetProcess.RunAsync(project, "build", "-p:UseSharedCompilation=false");
        var said = await DotnetProcess.RunAsync(project, "run", "--framework", "net10.0", "--no-build");

        Assert.Contains("on .NET 10.", said, StringComparison.Ordinal);
        Assert.Equal(studies.SelectMany(study => study.Expected()), SavedFiles.InFolder(Path.Combine(project, "studies")));

        Directory.Delete(Path.Combine(project, "studies"), recursive: true);
        if (await RunOnNet8Async(project, store.Server.Endpoint) is not var (folder, text))
        {
            output.WriteLine("Not run on .NET 8: it is not installed, and its runtime pack cannot be had or is of another system.");
            return;
        }

        Assert.Contains("on .NET 8.", text, StringComparison.Ordinal);
        Assert.Equal(studies.SelectMany(study => study.Expected()), SavedFiles.InFolder(Path.Combine(folder, "studies")));
    }

    [Fact(Timeout = 900_000)]
    public async Task The_tool_is_installed_as_a_native_program_where_there_is_one()
    {
        if (Compiler is null)
        {
            output.WriteLine("Skipped: clang or gcc is needed, on Linux x64.");
            return;
        }

        await PackAsync("CodRetrieve.Cli");
        await PackAsync("CodRetrieve.Cli", "--runtime", "linux-x64");
        var tools = Path.Combine(_folder.Path, "tools");
        File.WriteAllText(Path.Combine(_folder.Path, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(_folder.Path, "cache")}" /></config>
              <packageSources><clear /><add key="packed" value="{Feed}" /></packageSources>
            </configuration>
            """);
        await DotnetProcess.RunAsync(_folder.Path, "tool", "install", "CodRetrieve.Cli", "--version", Version, "--tool-path", tools);

        var said = await DotnetProcess.RunProgramAsync(Path.Combine(tools, "cod-retrieve"), _folder.Path, "--version");

        Assert.Equal(Version, said.Trim());
        Assert.Empty(Directory.EnumerateFiles(tools, "*.dll", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(tools, "*.dbg", SearchOption.AllDirectories));
    }

    [Fact(Timeout = 900_000)]
    public async Task The_tool_for_other_platforms_runs_on_the_runtime()
    {
        await PackAsync("CodRetrieve.Cli", "--runtime", "any");
        CheckContents("CodRetrieve.Cli.any");
        var unpacked = Path.Combine(_folder.Path, "unpacked");
        ZipFile.ExtractToDirectory(Path.Combine(Feed, $"CodRetrieve.Cli.any.{Version}.nupkg"), unpacked);

        var said = await DotnetProcess.RunAsync(_folder.Path, Path.Combine(unpacked, "tools", "net10.0", "any", "cod-retrieve.dll"), "--version");

        Assert.Equal(Version, said.Trim());
    }

    [Fact(Timeout = 900_000)]
    public async Task A_native_program_of_a_fresh_project_logs_in_with_a_service_account()
    {
        if (Compiler is not { } compiler)
        {
            output.WriteLine("Skipped: clang or gcc is needed, on Linux x64.");
            return;
        }

        await PackAsync("CodRetrieve");
        await using var tokens = await TokenServer.StartAsync();
        await using var store = await TestStore.StartAsync(new() { AcceptedTokens = ["token-1"] });
        var study = store.Put(new SyntheticStudy("1.2.3.4", seed: 1));
        study.AddSeries(new() { InstanceCount = 3 });
        store.Put(study);
        var folder = WriteNativeProject(compiler);
        var (exitCode, text) = await DotnetProcess.TryRunAsync(folder, "restore");
        if (exitCode != 0)
        {
            output.WriteLine("Skipped: the compiler's package cannot be had.\n" + text);
            return;
        }

        await DotnetProcess.RunAsync(folder, "publish", "--no-restore", "--output", Path.Combine(folder, "out"), "-p:UseSharedCompilation=false");
        var saved = Path.Combine(folder, "saved");
        var said = await DotnetProcess.RunProgramAsync(
            Path.Combine(folder, "out", "native"), folder, store.Server.Endpoint.AbsoluteUri, tokens.WriteKey(folder), TestStore.Url, saved);

        Assert.Equal("Complete", said.Trim());
        Assert.Equal(study.Expected(), SavedFiles.InFolder(saved));
    }

    private string WriteNativeProject(string compiler)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "native")).FullName;
        File.WriteAllText(Path.Combine(folder, "native.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RuntimeIdentifier>linux-x64</RuntimeIdentifier>
                <ImplicitUsings>enable</ImplicitUsings>
                <PublishAot>true</PublishAot>
                <CppCompilerAndLinker>{compiler}</CppCompilerAndLinker>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="CodRetrieve" Version="{Version}" /></ItemGroup>
            </Project>
            """);
        WriteNuGetConfiguration(folder);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), """
            using CodRetrieve;

            await using var cod = new CodDownload(new CodDownloadOptions
            {
                Endpoint = new Uri(args[0]),
                Credential = CodCredential.FromServiceAccountFile(args[1]),
            });
            cod.InitBucket(args[2]);
            cod.InitDirectory(args[3]);
            var job = await cod.DownloadAsync(["1.2.3.4"]);
            Console.WriteLine((await job.RunAsync()).Outcome);
            """);
        return folder;
    }

    // Where .NET 8 is installed, on that; else on the runtime of its package, with which a program is published whole.
    private async Task<(string Folder, string Text)?> RunOnNet8Async(string project, Uri endpoint)
    {
        var installed = await DotnetProcess.RunAsync(project, "--list-runtimes");
        if (new[] { "Microsoft.NETCore.App 8.", "Microsoft.AspNetCore.App 8." }.All(name => installed.Contains(name, StringComparison.Ordinal)))
        {
            return (project, await DotnetProcess.RunAsync(project, "run", "--framework", "net8.0", "--no-build"));
        }

        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
        {
            return null;
        }

        var whole = WriteProject(
            "whole", "<TargetFramework>net8.0</TargetFramework><RuntimeIdentifier>linux-x64</RuntimeIdentifier><SelfContained>true</SelfContained>", endpoint);
        var (exitCode, text) = await DotnetProcess.TryRunAsync(whole, "restore");
        if (exitCode != 0)
        {
            // Anything else that cannot be restored was restored by the other project.
            output.WriteLine(text);
            return null;
        }

        await DotnetProcess.RunAsync(whole, "publish", "--no-restore", "--output", Path.Combine(whole, "out"), "-p:UseSharedCompilation=false");
        return (whole, await DotnetProcess.RunProgramAsync(Path.Combine(whole, "out", "whole"), whole));
    }

    // Builds beside the repository's own outputs, which other tests are running from.
    private Task<string> PackAsync(string package, params string[] more) => DotnetProcess.RunAsync(
        Path.Combine(Repository.Root, "src", package),
        ["pack", .. more, "--artifacts-path", Path.Combine(_folder.Path, "build"), "--output", Feed, $"-p:Version={Version}", "-p:UseSharedCompilation=false"]);

    private void CheckContents(string package)
    {
        using var zip = ZipFile.OpenRead(Path.Combine(Feed, $"{package}.{Version}.nupkg"));
        var entries = zip.Entries.Select(entry => entry.FullName).ToList();
        string[] code = package == "CodRetrieve.Cli.any"
            ? ["tools/net10.0/any/cod-retrieve.dll", "tools/net10.0/any/DotnetToolSettings.xml"]
            : [.. new[] { "net8.0", "net10.0" }.SelectMany(framework => new[] { $"lib/{framework}/{package}.dll", $"lib/{framework}/{package}.xml" })];
        string[] expected = ["README.md", "icon.png", .. code];
        Assert.Empty(expected.Except(entries));
        if (package == "CodRetrieve")
        {
            Assert.Contains(entries, entry => entry.StartsWith("linqpad-samples/", StringComparison.Ordinal));
            Assert.Contains("buildTransitive/CodRetrieve.targets", entries);
        }

        using var content = zip.GetEntry(package + ".nuspec")!.Open();
        var about = XDocument.Load(content).Root!.Elements().Single().Elements().ToDictionary(element => element.Name.LocalName, element => element.Value);
        Assert.Equal("MIT", about["license"]);
        Assert.Equal("icon.png", about["icon"]);
        Assert.NotEmpty(about["description"]);
        Assert.NotEmpty(about["tags"]);
        Assert.Equal(package != "CodRetrieve.Cli.any", File.Exists(Path.Combine(Feed, $"{package}.{Version}.snupkg")));
    }

    private string WriteProject(string name, string frameworks, Uri endpoint)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;
        File.WriteAllText(Path.Combine(folder, name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                {frameworks}
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(Packages.Select(package => $"<PackageReference Include=\"{package}\" Version=\"{Version}\" />"))}
              </ItemGroup>
            </Project>
            """);

        WriteNuGetConfiguration(folder);
        var example = CodeBlock.In(Repository.Root, "README.md").Single(block => block.IsRun).Code;
        File.WriteAllText(Path.Combine(folder, "Program.cs"), example.Replace(
            "new CodDownload()", $"new CodDownload(new CodDownloadOptions {{ Endpoint = new Uri(\"{endpoint}\") }})", StringComparison.Ordinal)
            + "\nConsole.WriteLine($\"on {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}\");\n");
        File.WriteAllText(Path.Combine(folder, "OtherPackages.cs"), """
            using CodRetrieve.Storage;
            using CodRetrieve.Testing;
            using Google.Cloud.Storage.V1;
            using Microsoft.Extensions.DependencyInjection;

            internal static class OtherPackages
            {
                public static Task<GcsTestServer> StartAsync() => GcsTestServer.StartAsync();

                public static IObjectStore Open(StorageClient client) => new StorageClientObjectStore(client, "my-bucket");

                public static IHttpClientBuilder Register(IServiceCollection services) => services.AddCodRetrieve();
            }
            """);
        return folder;
    }

    // What is packed goes into a cache of the test's own; what it depends on comes from the machine's, where it was restored before.
    private void WriteNuGetConfiguration(string folder)
    {
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(_folder.Path, "cache")}" /></config>
              <fallbackPackageFolders><add key="machine" value="{cache}" /></fallbackPackageFolders>
              <packageSources><add key="packed" value="{Feed}" /></packageSources>
            </configuration>
            """);
    }
}
