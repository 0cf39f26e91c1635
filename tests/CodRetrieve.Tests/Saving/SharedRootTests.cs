using CodRetrieve.IO;
using CodRetrieve.Saving;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.Tests.Saving;

/// <summary>Jobs that save into one directory whose file system has no locks that mean anything.</summary>
public sealed class SharedRootTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Four_jobs_with_overlapping_lists_fetch_each_instance_once(bool zip)
    {
        await using var store = await TestStore.StartAsync(new GcsTestServerOptions { Latency = TimeSpan.FromMilliseconds(5) });
        using var folder = new TempFolder();
        var studies = Enumerable.Range(1, 12).Select(seed =>
        {
            var study = new SyntheticStudy(seed: seed);
            study.AddSeries(new() { InstanceCount = 20, InstanceSizeBytes = 10_000 });
            return store.Put(study);
        }).ToList();

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            await using var cod = store.Open(folder.Output, options => options.LockTimeout = TimeSpan.FromMinutes(1));
            var options = new SavingOptions { LockScope = LockScope.Nobody };
            DirectorySaveHandler handler = zip ? new ZipSaveHandler(folder.Output, options) : new FolderSaveHandler(folder.Output, options);
            var list = studies.Skip(2 * i).Concat(studies.Take(2 * i)).Take(9).Select(study => study.StudyInstanceUid);
            return await cod.CreateJob(list, handler).RunAsync();
        }));

        Assert.All(results, result => Assert.Equal((JobOutcome.Complete, 180), (result.Outcome, result.InstancesSaved + result.InstancesSkipped)));
        Assert.Equal(240, results.Sum(result => result.InstancesSaved));
        Assert.InRange(store.Server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal)), 240 * 10_000, studies.SelectMany(study => study.Series).Sum(series => series.Tar.Length));
        Assert.Equal(studies.Expected(), SavedFiles.In(folder.Output, zip));
        Assert.Empty(Leftovers(folder.Output));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_was_suspended_and_goes_on_beside_the_one_that_took_its_study_over_does_no_harm(bool zip)
    {
        using var folder = new SavingFolder();
        var series = TestSeries.Of("1.2", "1.2.3", 6, 5_000);
        var study = new StudyInfo("1.2", true);
        var time = new FakeTimeProvider();
        var suspended = Create(folder.Path, zip, new FakeTimeProvider());
        await suspended.OpenAsync(default);
        Assert.True(await suspended.TryBeginStudyAsync("1.2", default));
        await suspended.SaveAllAsync(series.Instances.Take(2));
        ForgetProcesses(folder.Path);
        var other = Create(folder.Path, zip, time);
        await other.OpenAsync(default);
        Assert.False(await other.TryBeginStudyAsync("1.2", default));
        time.Advance(RunWatch.Patience);
        Assert.True(await other.TryBeginStudyAsync("1.2", default));
        await other.FindSavedAsync(series, default);
        await other.SaveAllAsync(series.Instances.Skip(2).Take(2));

        // Both go on. In zips the one that was suspended notices that its unfinished zip is gone; what it had saved is fetched again.
        await GoesOnAsync(suspended.SaveAllAsync(series.Instances.Skip(3).Take(2)));
        await other.SaveAllAsync(series.Instances.Skip(4).Take(1));
        await other.CompleteStudyAsync(study, default);
        await other.CloseAsync();
        await GoesOnAsync(suspended.SaveAllAsync(series.Instances.Skip(5)));
        await GoesOnAsync(suspended.CompleteStudyAsync(study, default).AsTask());

        await suspended.CloseAsync();
        await using (var next = await Create(folder.Path, zip, time).OpenedAsync("1.2"))
        {
            var found = await next.FindSavedAsync(series, default);
            Assert.Empty(found.Outdated);
            Assert.Equal(zip ? "1.2.3.3 1.2.3.4 1.2.3.5" : "1.2.3.1 1.2.3.2 1.2.3.3 1.2.3.4 1.2.3.5 1.2.3.6", await next.FoundAsync(series));
            await next.SaveAllAsync(series.Instances.Where(instance => !found.Contains(instance.SopInstanceUid)));
            await next.CompleteStudyAsync(study, default);
        }

        foreach (var instance in series.Instances)
        {
            Assert.Equal(TestSeries.Bytes(instance), zip
                ? SavingTools.Read(folder["1.2.zip"], SavingTools.EntryName(instance))
                : await File.ReadAllBytesAsync(folder["1.2", "1.2.3", "instances", instance.SopInstanceUid + ".dcm"]));
        }

        Assert.Empty(Leftovers(folder.Path));

        async Task GoesOnAsync(Task going)
        {
            if (zip)
            {
                await Assert.ThrowsAnyAsync<Exception>(() => going);
            }
            else
            {
                await going;
            }
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData(LockScope.Nobody)]
    [InlineData(LockScope.Machine)]
    [InlineData(LockScope.Everybody)]
    internal async Task A_zip_that_a_run_left_when_it_was_cancelled_is_continued_whatever_locks_there_are(LockScope scope)
    {
        using var folder = new SavingFolder();
        var series = TestSeries.Of("1.2", "1.2.3", 4);
        var options = new SavingOptions { LockScope = scope };
        await using (var cancelled = await new ZipSaveHandler(folder.Path, options).OpenedAsync("1.2"))
        {
            await cancelled.SaveAllAsync(series.Instances.Take(3));
        }

        await using var handler = await new ZipSaveHandler(folder.Path, options).OpenedAsync("1.2");
        Assert.Equal("1.2.3.1 1.2.3.2 1.2.3.3", await handler.FoundAsync(series));
    }

    private static DirectorySaveHandler Create(string directory, bool zip, TimeProvider time)
    {
        var options = new SavingOptions { LockScope = LockScope.Nobody, TimeProvider = time, AnonymousFiles = false };
        return zip ? new ZipSaveHandler(directory, options) : new FolderSaveHandler(directory, options);
    }

    // As if the runs were on other machines.
    private static void ForgetProcesses(string root)
    {
        foreach (var path in Directory.EnumerateFiles(StatePaths.Runs(root)))
        {
            using var marker = Posix.TryOpenFile(path)!;
            RandomAccess.Write(marker, "x"u8, RunRecord.BeatOffset + 17);
        }
    }

    private static IEnumerable<string> Leftovers(string root) => Directory
        .EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        .Where(path => !path.Contains(".codretrieve/studies/", StringComparison.Ordinal) && Path.GetFileName(path)[0] == '.');
}
