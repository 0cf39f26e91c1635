using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests;

/// <summary>Paths with colons, backslashes and spaces reach the library as they were typed.</summary>
public sealed class PathTests
{
    // On Windows no name may hold these; there such a text is a path by itself.
    private static string Odd => OperatingSystem.IsWindows() ? "my studies" : @"C:\my studies=1";

    [Theory(Timeout = 30_000)]
    [InlineData("-o", null)]
    [InlineData("--output", null)]
    [InlineData("--output=", "")]
    [InlineData("--output:", "")]
    public async Task An_output_may_hold_a_drive_and_spaces(string option, string? joined)
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var output = Path.Combine(store.Folder.Path, Odd);

        var result = await store.RunAsync(["download", TestStore.Url, study.StudyInstanceUid, .. joined is null ? (string[])[option, output] : [option + output]]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(study.Expected(), SavedFiles.In(output, zip: false));
    }

    [Fact(Timeout = 30_000)]
    public async Task So_may_a_variable_and_a_list_of_studies()
    {
        await using var store = await CliStore.StartAsync();
        var study = store.PutStudy();
        var folder = Directory.CreateDirectory(Path.Combine(store.Folder.Path, Odd)).FullName;
        var list = store.Folder.Write(Path.Combine(Odd, "studies.txt"), study.StudyInstanceUid);
        var output = Path.Combine(folder, "out");
        store.Environment["COD_RETRIEVE_OUTPUT"] = output;

        var result = await store.RunAsync("download", TestStore.Url, "@" + list);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(study.Expected(), SavedFiles.In(output, zip: false));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(@"C:\no such store\x")]
    [InlineData("file:///C:/no%20such%20store/x")]
    public async Task A_folder_of_windows_that_is_not_there_is_named(string bucket)
    {
        await using var store = await CliStore.StartAsync();

        var result = await store.RunBareAsync(CancellationToken.None, "stats", bucket, "1.2.3");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(@"C:\no such store\x", Assert.Single(result.ErrorLines, line => line.StartsWith("error: ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }
}
