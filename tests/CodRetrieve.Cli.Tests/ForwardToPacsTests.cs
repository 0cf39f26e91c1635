using CodRetrieve.Cli.Tests.Support;

namespace CodRetrieve.Cli.Tests;

/// <summary>The sample for delivery runs as it is, in a process of its own.</summary>
public sealed class ForwardToPacsTests
{
    [Fact(Timeout = 120_000)]
    public async Task Delivers_a_study_through_faults_and_sends_nothing_a_second_time()
    {
        using var folder = new TempFolder();

        var result = await CliProcess.RunSampleAsync("ForwardToPacs.dll", folder.Output);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("Complete: 60 instances delivered", result.Out, StringComparison.Ordinal);
        Assert.Contains("Complete: 0 instances delivered, 60 skipped (delivered before)", result.Out, StringComparison.Ordinal);
        Assert.Contains("The PACS has 60 instances.", result.Out, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder.Output, "*.jsonl", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }));
    }
}
