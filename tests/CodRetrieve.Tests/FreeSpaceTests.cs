using System.Text;
using CodRetrieve.IO;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

/// <summary>The space needed against the space free, before a series is fetched.</summary>
public sealed class FreeSpaceTests
{
    private const int InstanceBytes = 20_000;

    [Theory(Timeout = 30_000)]
    [InlineData(false, 10 * InstanceBytes)]
    [InlineData(true, 10 * InstanceBytes)]
    public async Task A_job_without_space_ends_before_it_reads_a_byte_of_a_tar_and_one_with_just_enough_does_not(bool zip, long neededBytes)
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store, 1, 10);
        using var folder = new TempFolder();

        var stopped = await Assert.ThrowsAsync<JobFailedException>(() => RunAsync(store, folder, study, zip, _ => neededBytes - 1));

        var cause = Assert.IsType<DestinationException>(stopped.InnerException);
        Assert.Equal(DestinationFailure.Full, cause.Reason);
        Assert.Contains($"{neededBytes - 1} bytes free", cause.Message, StringComparison.Ordinal);
        Assert.Contains($"{neededBytes} or more", cause.Message, StringComparison.Ordinal);
        Assert.Equal(0, stopped.Result.BytesDownloaded);
        Assert.Equal(JobOutcome.Complete, (await RunAsync(store, folder, study, zip, _ => neededBytes)).Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_saved_already_needs_no_space()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store, 1, 10);
        using var folder = new TempFolder();
        await RunAsync(store, folder, study, false, _ => null);
        File.Delete(Directory.EnumerateFiles(folder.Path, "*.dcm", SearchOption.AllDirectories).First());

        Assert.Equal(JobOutcome.Complete, (await RunAsync(store, folder, study, false, _ => InstanceBytes)).Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_earlier_zip_that_is_carried_over_needs_its_space_once_more()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store, 1, 10);
        using var folder = new TempFolder();
        await RunAsync(store, folder, study, true, _ => null);
        var zip = new FileInfo(Path.Combine(folder.Path, study.StudyInstanceUid + ".zip"));
        // One series more than the zip has.
        study = Put(store, 1, 10, 5);
        var needed = (5 * InstanceBytes) + zip.Length;
        store.Server.ClearRequests();

        var stopped = await Assert.ThrowsAsync<JobFailedException>(() => RunAsync(store, folder, study, true, _ => needed - 1));

        Assert.Contains($"{needed} or more", stopped.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal(0, store.Server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal)));
        Assert.Equal(JobOutcome.Complete, (await RunAsync(store, folder, study, true, _ => needed)).Outcome);
        Assert.Equal(study.Expected(), SavedFiles.InZips(folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task Series_are_counted_together()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store, 1, 10, 10, 10);
        using var folder = new TempFolder();

        // Room for each alone, as long as nothing is fetched: the first tar does not begin to come before all are planned.
        store.Server.Faults.Add(Fault.StallAfter(0), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal));
        var stopped = await Assert.ThrowsAsync<JobFailedException>(() => RunAsync(store, folder, study, false, _ => 25 * InstanceBytes));

        Assert.Equal(DestinationFailure.Full, Assert.IsType<DestinationException>(stopped.InnerException).Reason);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_written_is_not_needed_once_more(bool zip)
    {
        await using var store = await TestStore.StartAsync();
        var studies = Enumerable.Range(1, 8).Select(seed => Put(store, seed, 10)).ToList();
        var uids = studies.Select(study => study.StudyInstanceUid).ToList();
        using var folder = new TempFolder();

        // A device with just enough room: what is free is what the files have left of it.
        var room = studies.Count * 10L * InstanceBytes;
        await using var cod = Open(store, folder, _ => room + 100_000 - BytesIn(folder.Path));

        var result = await cod.CreateWatchedJob(uids, zip ? OutputFormat.Zip : OutputFormat.Folder).RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_senseless_size_in_an_index_does_not_pass_for_a_full_device()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store, 1, 2);
        var series = study.Series[0];
        store.Bucket.Put(series.MetadataName(TestStore.Prefix), Encoding.UTF8.GetBytes(
            $$"""{"study_uid":"{{study.StudyInstanceUid}}","series_uid":"{{series.SeriesInstanceUid}}",""" + """ "cod":{"instances":{"1.2.3":{"size":4000000000000000000,"crc32c":"AAAAAA=="}}}}"""));
        using var folder = new TempFolder();

        var result = await RunAsync(store, folder, study, false, _ => 1_000_000);

        Assert.Equal(JobOutcome.Incomplete, result.Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_check_can_be_turned_off()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store, 1, 10);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => (options.FreeSpace, options.CheckFreeSpace) = (_ => 0, false));

        Assert.Equal(JobOutcome.Complete, (await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync()).Outcome);
    }

    [Fact]
    public void The_free_space_of_a_folder_is_known_and_that_of_a_missing_one_is_not()
    {
        using var folder = new TempFolder();

        Assert.NotNull(FreeSpace.In(folder.Path));
        Assert.True(FreeSpace.In(folder.Path) > 0);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Null(FreeSpace.In(Path.Combine(folder.Path, "no-such-folder")));
        }
    }

    private static SyntheticStudy Put(TestStore store, int seed, params int[] instanceCounts)
    {
        var study = new SyntheticStudy(seed: seed);
        foreach (var count in instanceCounts)
        {
            study.AddSeries(new() { InstanceCount = count, InstanceSizeBytes = InstanceBytes });
        }

        return store.Put(study);
    }

    private static CodDownload Open(TestStore store, TempFolder folder, Func<string, long?> freeSpace) =>
        store.Open(folder.Path, options => options.FreeSpace = freeSpace);

    private static async Task<JobResult> RunAsync(TestStore store, TempFolder folder, SyntheticStudy study, bool zip, Func<string, long?> freeSpace)
    {
        await using var cod = Open(store, folder, freeSpace);
        return await cod.CreateWatchedJob([study.StudyInstanceUid], zip ? OutputFormat.Zip : OutputFormat.Folder).RunAsync();
    }

    private static long BytesIn(string directory)
    {
        while (true)
        {
            try
            {
                return new DirectoryInfo(directory).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
                    .Sum(file => file.Length);
            }
            catch (IOException)
            {
                // Files and folders come and go while they are counted: once more.
            }
        }
    }
}
