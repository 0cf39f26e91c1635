using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

/// <summary>A directory that is taken away in the middle of a job.</summary>
public sealed class LostDirectoryTests
{
    public static TheoryData<bool, bool> Cases => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Cases))]
    public async Task A_directory_removed_or_replaced_by_a_file_stops_the_job_with_one_clear_error(bool zip, bool byFile)
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store, 4);
        using var folder = new TempFolder();
        var directory = Path.Combine(folder.Path, "out");
        await using var cod = store.Open(directory, options => options.MaxConnections = 2);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid], zip ? OutputFormat.Zip : OutputFormat.Folder);
        var recorder = new JobRecorder(job);
        job.Saved += (_, _) => Replace(directory, Path.Combine(folder.Path, "moved"), byFile);

        var stopped = await Assert.ThrowsAsync<JobFailedException>(() => job.RunAtTheEventsPaceAsync());

        var cause = Assert.IsType<DestinationException>(stopped.InnerException);
        Assert.Equal(DestinationFailure.NotWritable, cause.Reason);
        Assert.Contains(directory, cause.Message, StringComparison.Ordinal);
        Assert.Same(cause, Assert.Single(recorder.Of<JobErrorEventArgs>()).Failure.Exception);
        Assert.False(Directory.Exists(directory), "It was made anew.");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_folder_replaced_by_a_file_stops_the_job_and_keeps_the_file()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store, 4);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxConnections = 2);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        var place = Path.Combine(folder.Path, study.StudyInstanceUid);
        using var moved = new TempFolder();
        job.Saved += (_, _) => Replace(place, Path.Combine(moved.Path, "moved"), byFile: true);

        var stopped = await Assert.ThrowsAsync<JobFailedException>(() => job.RunAtTheEventsPaceAsync());

        var cause = Assert.IsType<DestinationException>(stopped.InnerException);
        Assert.Equal(DestinationFailure.NotWritable, cause.Reason);
        Assert.Contains("a file stands", cause.Message, StringComparison.Ordinal);
        Assert.Equal("in the way", await File.ReadAllTextAsync(place));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_folder_that_is_moved_away_is_made_again_and_the_next_run_fetches_what_it_held()
    {
        await using var store = await TestStore.StartAsync();
        var study = Put(store, 4);
        using var folder = new TempFolder();
        using var moved = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxConnections = 2);
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        job.Saved += (_, _) => Replace(Path.Combine(folder.Path, study.StudyInstanceUid), Path.Combine(moved.Path, "moved"), byFile: false);

        var first = await job.RunAsync();
        var second = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        // The instances that were half written when it was moved fail; nothing else does.
        Assert.InRange(first.InstancesFailed, 0, 2);
        Assert.Equal(JobOutcome.Complete, second.Outcome);
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
    }

    private static SyntheticStudy Put(TestStore store, int series)
    {
        var study = new SyntheticStudy(seed: 1);
        for (var i = 0; i < series; i++)
        {
            study.AddSeries(new() { InstanceCount = 50, InstanceSizeBytes = 50_000, MetadataBytesPerInstance = 0 });
        }

        return store.Put(study);
    }

    // Once, by a rename, as an unmounted device or a user does it.
    private static void Replace(string directory, string elsewhere, bool byFile)
    {
        if (Directory.Exists(elsewhere))
        {
            return;
        }

        Directory.Move(directory, elsewhere);
        if (byFile && !TryPut(directory))
        {
            // The job was quicker to make the folder again: once more, at the next instance.
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    private static bool TryPut(string file)
    {
        try
        {
            File.WriteAllText(file, "in the way");
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
