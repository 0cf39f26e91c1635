using System.Diagnostics;

namespace CodRetrieve.Tests.Packages;

/// <summary>Runs the <c>dotnet</c> that runs the tests, and programs that it built.</summary>
internal static class DotnetProcess
{
    // Set for the tests by the SDK; another build must find its own.
    private static readonly string[] OfTheTestRun = ["MSBUILD_EXE_PATH", "MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBuildLoadMicrosoftTargetsReadOnly"];

    /// <summary>Runs to the end, and fails the test with the output unless the exit code is 0.</summary>
    public static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        var (exitCode, text) = await TryRunAsync(folder, arguments);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {exitCode}:\n{text}");
        return text;
    }

    /// <summary>Runs to the end, whatever that is.</summary>
    public static Task<(int ExitCode, string Text)> TryRunAsync(string folder, params string[] arguments) => StartAsync(
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", folder, arguments);

    /// <summary>Runs a program that was built to the end, and fails the test with the output unless the exit code is 0.</summary>
    public static async Task<string> RunProgramAsync(string program, string folder, params string[] arguments)
    {
        var (exitCode, text) = await StartAsync(program, folder, arguments);
        Assert.True(exitCode == 0, $"{program} ended with {exitCode}:\n{text}");
        return text;
    }

    private static async Task<(int ExitCode, string Text)> StartAsync(string program, string folder, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in OfTheTestRun)
        {
            start.Environment.Remove(name);
        }

        // Nothing of it may outlive the test.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
