using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests;

/// <summary>The sample that the README begins with runs as it is, in a process of its own like the tool.</summary>
public sealed class QuickStartTests
{
    [Fact(Timeout = 120_000)]
    public async Task Saves_two_studies_as_folders_and_as_zips_and_a_second_run_fetches_nothing()
    {
        using var folder = new TempFolder();

        var first = await CliProcess.RunSampleAsync("QuickStart.dll", folder.Output);
        var second = await CliProcess.RunSampleAsync("QuickStart.dll", folder.Output);

        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        var saved = SavedFiles.InFolder(folder.Output);
        Assert.Equal(86, saved.Count);
        Assert.Equal(saved, SavedFiles.InZips(folder.Output));
        Assert.Equal(0, second.ExitCode);
        Assert.Contains("Complete: 0 instances saved, 86 skipped (already saved), 0.0 MB fetched", second.Out, StringComparison.Ordinal);
    }
}
