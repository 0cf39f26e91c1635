using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

/// <summary>A real process, and a file system that becomes read-only while it saves: what a kernel does with a disk that fails.</summary>
public sealed class ReadOnlyDiskTests
{
    private const int InstanceBytes = 100_000;
    private const int Instances = 200;

    [SmallDiskTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_disk_that_becomes_read_only_ends_the_job_with_one_error_and_the_next_run_finishes(bool zip)
    {
        await using var store = await CliStore.StartAsync(new GcsTestServerOptions { BytesPerSecondPerConnection = 4_000_000 });
        using var disk = SmallDisk.TryMount(200)!;
        var study = store.PutStudy(1, [.. Enumerable.Range(0, 4).Select(_ => new SyntheticSeriesOptions { InstanceCount = Instances / 4, InstanceSizeBytes = InstanceBytes, MetadataBytesPerInstance = 0 })]);
        var expected = study.Expected();
        string[] args = ["download", TestStore.Url, study.StudyInstanceUid, "-o", disk.Path, "--connections", "2", "--json", "--endpoint", store.Server.Endpoint.AbsoluteUri, .. zip ? ["--zip"] : Array.Empty<string>()];
        var some = store.Server.WaitForRequestAsync(_ => store.Server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal)) >= 20 * InstanceBytes);

        using var process = CliProcess.Start(args);
        await some;
        disk.MakeReadOnly();
        var stopped = await process.EndAsync();

        Assert.Equal(5, stopped.ExitCode);
        var error = Assert.Single(stopped.ErrorLines);
        Assert.Contains("read-only", error, StringComparison.Ordinal);
        Assert.Contains(disk.Path, error, StringComparison.Ordinal);
        Assert.Equal("failed", stopped.Json.GetProperty("outcome").GetString());
        disk.MakeWritable();
        var saved = new WholeFiles(expected).AssertIn(disk.Path);
        // An unfinished zip that is open can still be written; only its last name is refused.
        Assert.InRange(saved, 1, zip ? Instances : Instances - 1);
        // One for each connection may have got its name and not its line in the log.
        Assert.InRange(stopped.Json.GetProperty("instancesSaved").GetInt32(), saved - 2, saved);

        var next = await CliProcess.RunAsync(args);

        Assert.Equal((0, ""), (next.ExitCode, next.Error));
        Assert.Equal((saved, Instances - saved), (next.Json.GetProperty("instancesSkipped").GetInt32(), next.Json.GetProperty("instancesSaved").GetInt32()));
        Assert.Equal(expected, SavedFiles.In(disk.Path, zip));
        Assert.Empty(Leftovers.In(disk.Path));
    }
}
