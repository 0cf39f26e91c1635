using CodRetrieve.Cli.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.Cli.Tests;

/// <summary>A real process, and a file system that is really too small for what it is told to save.</summary>
public sealed class FullDiskTests
{
    private const int SmallMegabytes = 24;
    private const int LargeMegabytes = 200;
    private const int InstanceBytes = 400_000;

    [SmallDiskTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_the_check_a_full_disk_leaves_only_whole_instances_and_the_next_run_with_space_finishes(bool zip)
    {
        await using var store = await CliStore.StartAsync();
        using var disk = SmallDisk.TryMount(SmallMegabytes)!;
        var studies = PutStudies(store);
        var expected = studies.Expected();

        var full = await RunAsync(store, disk, studies, zip, "--json", "--no-space-check");

        Assert.Equal(5, full.ExitCode);
        Assert.Contains("No space is left", Assert.Single(full.ErrorLines), StringComparison.Ordinal);
        Assert.Equal("failed", full.Json.GetProperty("outcome").GetString());
        var saved = AssertWhole(disk.Path, expected);
        Assert.NotEqual(0, saved);
        Assert.Equal(saved, full.Json.GetProperty("instancesSaved").GetInt32());

        disk.Resize(LargeMegabytes);
        var next = await RunAsync(store, disk, studies, zip, "--json");

        Assert.Equal((0, ""), (next.ExitCode, next.Error));
        Assert.Equal((saved, expected.Count - saved), (next.Json.GetProperty("instancesSkipped").GetInt32(), next.Json.GetProperty("instancesSaved").GetInt32()));
        Assert.Equal(expected, SavedFiles.In(disk.Path, zip));
        Assert.Empty(Leftovers.In(disk.Path));
    }

    [SmallDiskTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_the_check_a_job_stops_before_the_disk_is_full_and_the_next_run_with_space_finishes(bool zip)
    {
        await using var store = await CliStore.StartAsync();
        using var disk = SmallDisk.TryMount(SmallMegabytes)!;
        var studies = PutStudies(store);
        var expected = studies.Expected();

        var refused = await RunAsync(store, disk, studies, zip, "--json");

        Assert.Equal(5, refused.ExitCode);
        Assert.Contains("bytes free", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        AssertWhole(disk.Path, expected);
        Assert.NotEqual(0, new DriveInfo(disk.Path).AvailableFreeSpace);

        disk.Resize(LargeMegabytes);
        var next = await RunAsync(store, disk, studies, zip);

        Assert.Equal((0, ""), (next.ExitCode, next.Error));
        Assert.Equal(expected, SavedFiles.In(disk.Path, zip));
    }

    [SmallDiskTheory]
    [InlineData(3)]
    public async Task A_disk_that_is_filled_by_an_earlier_zip_that_is_carried_over_loses_nothing(int instances)
    {
        await using var store = await CliStore.StartAsync();
        using var disk = SmallDisk.TryMount(1)!;
        var series = Enumerable.Range(0, instances + 1).Select(_ => new SyntheticSeriesOptions { InstanceCount = 1, InstanceSizeBytes = 230_000 }).ToArray();
        var study = store.PutStudy(1, series[..instances]);
        Assert.Equal(0, (await RunAsync(store, disk, [study], zip: true, "--no-space-check")).ExitCode);
        var whole = study.Expected();
        study = store.PutStudy(1, series);

        var full = await RunAsync(store, disk, [study], zip: true, "--no-space-check");

        Assert.Equal(5, full.ExitCode);
        Assert.Equal(instances + 1, AssertWhole(disk.Path, study.Expected()));
        Assert.Equal(whole, SavedFiles.In(disk.Path, zip: true));
        disk.Resize(LargeMegabytes);
        store.Server.ClearRequests();
        Assert.Equal(0, (await RunAsync(store, disk, [study], zip: true)).ExitCode);
        Assert.Equal(0, store.Server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal)));
        Assert.Equal(study.Expected(), SavedFiles.In(disk.Path, zip: true));
    }

    // 64 MB in four studies: some are complete before a disk of 24 MB is full.
    private static List<SyntheticStudy> PutStudies(CliStore store) => [.. Enumerable.Range(1, 4).Select(study => store.PutStudy(
        study, [.. Enumerable.Range(0, 4).Select(_ => new SyntheticSeriesOptions { InstanceCount = 10, InstanceSizeBytes = InstanceBytes, MetadataBytesPerInstance = 0 })]))];

    private static Task<CliResult> RunAsync(CliStore store, SmallDisk disk, IEnumerable<SyntheticStudy> studies, bool zip, params string[] more) =>
        CliProcess.RunAsync(["download", TestStore.Url, .. studies.Select(study => study.StudyInstanceUid), "-o", disk.Path, "--connections", "3", .. zip ? ["--zip"] : Array.Empty<string>(),
            "--endpoint", store.Server.Endpoint.AbsoluteUri, .. more.Length == 0 ? ["--quiet"] : more]);

    /// <summary>Looks at everything that can be seen, that in unfinished zips included, and for what is half.</summary>
    /// <returns>How many different instances there are.</returns>
    private static int AssertWhole(string directory, SortedDictionary<string, string> expected)
    {
        Leftovers.AssertLogIsJson(directory);
        Assert.All(Directory.EnumerateFiles(directory, "*.partial", Leftovers.Everything), path => Assert.True(UnfinishedZips.IsName(path), path));
        var found = SavedFiles.InFolder(directory).Concat(SavedFiles.In(directory, zip: true)).Concat(UnfinishedZips.In(directory)).ToList();
        Assert.All(found, instance => Assert.Equal(expected[instance.Key], instance.Value));
        return found.Select(instance => instance.Key).Distinct(StringComparer.Ordinal).Count();
    }
}
