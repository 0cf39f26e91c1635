using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

public sealed class CodDownloadTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_directory_is_created_and_one_that_cannot_be_is_refused()
    {
        using var folder = new TempFolder();
        await using var cod = new CodDownload();
        var made = Path.Combine(folder.Path, "a", "b");

        cod.InitDirectory(made);

        Assert.True(Directory.Exists(made));
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");
        Assert.Equal(DestinationFailure.NotWritable, Assert.Throws<DestinationException>(() => cod.InitDirectory(file)).Reason);
    }

    public static TheoryData<string[]> RefusedStudies => new()
    {
        Array.Empty<string>(),
        new[] { "" },
        new[] { "1.2.3", " " },
        new[] { ".." },
        new[] { "../1.2.3" },
        new[] { "1.2/3" },
        new[] { @"1.2\3" },
        new[] { "/etc" },
        new[] { "C:" },
        new[] { "NUL" },
        new[] { "1.2.3\0" },
        new[] { "1.2.٣" },
        new[] { new string('1', 129) },
    };

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(RefusedStudies))]
    public async Task Studies_that_are_no_names_are_refused(string[] studies)
    {
        using var folder = new TempFolder();
        await using var cod = new CodDownload();
        cod.InitDirectory(folder.Path);
        cod.InitBucket("gs://my-bucket");

        Assert.Throws<ArgumentException>(() => cod.CreateJob(studies));
        await Assert.ThrowsAsync<ArgumentException>(() => cod.DownloadAsync(studies));
        await Assert.ThrowsAsync<ArgumentException>(() => cod.GetStatsAsync(studies));
    }

    [Fact(Timeout = 30_000)]
    public async Task Bucket_and_directory_must_be_set_first_and_again_after_a_reset()
    {
        using var folder = new TempFolder();
        await using var cod = new CodDownload();
        await Assert.ThrowsAsync<InvalidOperationException>(() => cod.GetStatsAsync(["1.2.3"]));
        cod.InitBucket("gs://my-bucket");
        Assert.Throws<InvalidOperationException>(() => cod.CreateJob(["1.2.3"]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => cod.DownloadAsync(["1.2.3"]));
        cod.InitDirectory(folder.Path);
        cod.CreateWatchedJob(["1.2.3"]);

        cod.Reset();

        Assert.Throws<InvalidOperationException>(() => cod.CreateJob(["1.2.3"]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => cod.DownloadAsync(["1.2.3"]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => cod.GetStatsAsync(["1.2.3"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task Statistics_count_what_is_there_what_is_missing_and_what_cannot_be_had()
    {
        await using var store = await TestStore.StartAsync(new() { MaxResultsPerPage = 3 });
        var study = new SyntheticStudy(seed: 1);
        var whole = study.AddSeries(new() { InstanceCount = 3, InstanceSizeBytes = 10_000 });
        var begun = study.AddSeries(new() { InstanceCount = 4, InstanceSizeBytes = 20_000 });
        var noTar = study.AddSeries(new() { InstanceCount = 2, InstanceSizeBytes = 30_000, OmitTar = true, Lock = true });
        var noIndex = study.AddSeries(new() { InstanceCount = 2, OmitMetadata = true });
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();
        File.Delete(Directory.EnumerateFiles(Path.Combine(folder.Path, study.StudyInstanceUid, begun.SeriesInstanceUid), "*.dcm", SearchOption.AllDirectories).First());

        var stats = await cod.GetStatsAsync([study.StudyInstanceUid, "1.2.3.404"]);

        Assert.Equal("1.2.3.404", Assert.Single(stats.MissingStudies));
        Assert.Equal(4, stats.SeriesTotal);
        Assert.Equal(1, stats.SeriesSaved);
        Assert.Equal(9, stats.InstancesTotal);
        Assert.Equal(6, stats.InstancesSaved);
        Assert.Equal((3 * 10_000) + (4 * 20_000) + (2 * 30_000), stats.BytesTotal);
        Assert.Equal((3 * 10_000) + (3 * 20_000), stats.BytesSaved);
        Assert.True(Of(stats, whole).IsSaved);
        Assert.Equal(begun.SeriesInstanceUid, Assert.Single(stats.SeriesToFetch).SeriesInstanceUid);
        Assert.StartsWith($"gs://{TestStore.BucketName}/{begun.TarName(TestStore.Prefix)}://instances/", Assert.Single(stats.InstanceUrisToFetch), StringComparison.Ordinal);
        Assert.Equal(SeriesProblem.NoTar, Of(stats, noTar).Problem);
        Assert.Equal(SeriesProblem.NoMetadata, Of(stats, noIndex).Problem);
        Assert.Single(stats.Warnings);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_directory_nothing_counts_as_saved()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 2);
        study.AddSeries(new() { InstanceCount = 3 });
        store.Put(study);
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);

        var stats = await cod.GetStatsAsync([study.StudyInstanceUid]);

        Assert.Equal(3, stats.InstancesTotal);
        Assert.Equal(0, stats.InstancesSaved);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_series_that_cannot_be_read_hides_no_other()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 3);
        var broken = study.AddSeries(new() { InstanceCount = 3 });
        study.AddSeries(new() { InstanceCount = 3 });
        store.Put(study);
        store.Bucket.Put(broken.MetadataName(TestStore.Prefix), "{ \"cod\": "u8.ToArray(), "application/json");
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);

        var stats = await cod.GetStatsAsync([study.StudyInstanceUid]);

        Assert.Equal(SeriesProblem.UnreadableMetadata, Of(stats, broken).Problem);
        Assert.Equal(3, stats.InstancesTotal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Looking_at_what_is_saved_changes_nothing_on_disk()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 4);
        study.AddSeries(new() { InstanceCount = 3 });
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();
        var before = Snapshot(folder.Path);

        await cod.GetStatsAsync([study.StudyInstanceUid]);
        await cod.GetStatsAsync([study.StudyInstanceUid], OutputFormat.Zip);

        Assert.Equal(before, Snapshot(folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_folder_begun_by_the_JavaScript_tool_is_continued()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 5);
        var series = study.AddSeries(new() { InstanceCount = 5 });
        store.Put(study);
        using var folder = new TempFolder();
        var instances = Path.Combine(folder.Path, study.StudyInstanceUid, series.SeriesInstanceUid, "instances");
        Directory.CreateDirectory(instances);
        var first = series.Instances[0];
        await using (var file = File.Create(Path.Combine(instances, $"{first.SopInstanceUid}.dcm")))
        {
            await first.OpenRead().CopyToAsync(file);
        }

        await File.WriteAllTextAsync(Path.Combine(folder.Path, "log.json"), $$"""{"logs":["{{study.StudyInstanceUid}}/{{series.SeriesInstanceUid}}/{{first.SopInstanceUid}}"]}""");
        await using var cod = store.Open(folder.Path);

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal((4, 1), (result.InstancesSaved, result.InstancesSkipped));
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
        var log = System.Text.Json.JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder.Path, "log.json")));
        Assert.Equal<IEnumerable<string>>(study.Expected().Keys, log.RootElement.GetProperty("logs").EnumerateArray().Select(entry => entry.GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Only_what_is_missing_of_a_series_is_fetched()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 6);
        study.AddSeries(new() { InstanceCount = 20, InstanceSizeBytes = 1_000_000 });
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();
        foreach (var instance in new[] { study.Series[0].Instances[3], study.Series[0].Instances[17] })
        {
            File.Delete(Directory.EnumerateFiles(folder.Path, $"{instance.SopInstanceUid}.dcm", SearchOption.AllDirectories).Single());
        }

        store.Server.ClearRequests();
        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal((2, 18), (result.InstancesSaved, result.InstancesSkipped));
        Assert.Equal(2_000_000, result.BytesDownloaded);
        Assert.Equal(2, store.Server.Requests.Count(request => request.ObjectName?.EndsWith(".tar", StringComparison.Ordinal) == true));
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_zip_of_an_incomplete_study_is_completed_by_a_later_run()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy("1.2.3", seed: 7);
        study.AddSeries(new() { SeriesInstanceUid = "1.2.3.4", InstanceCount = 6, StaleTarCount = 4 });
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);

        var first = await cod.CreateWatchedJob(["1.2.3"], OutputFormat.Zip).RunAsync();
        var mended = new SyntheticStudy("1.2.3", seed: 7);
        mended.AddSeries(new() { SeriesInstanceUid = "1.2.3.4", InstanceCount = 6 });
        var half = SavedFiles.InZips(folder.Path);
        store.Put(mended);
        var second = await cod.CreateWatchedJob(["1.2.3"], OutputFormat.Zip).RunAsync();

        Assert.Equal((JobOutcome.Incomplete, 4, 2), (first.Outcome, first.InstancesSaved, first.InstancesFailed));
        Assert.Equal(4, half.Count);
        Assert.Equal((JobOutcome.Complete, 2, 4), (second.Outcome, second.InstancesSaved, second.InstancesSkipped));
        Assert.Equal(mended.Expected(), SavedFiles.InZips(folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task Second_job_names_a_study_that_another_job_is_saving_and_goes_on_with_the_others()
    {
        await using var store = await TestStore.StartAsync();
        var (shared, other) = (new SyntheticStudy(seed: 8), new SyntheticStudy(seed: 9));
        shared.AddSeries(new() { InstanceCount = 5 });
        other.AddSeries(new() { InstanceCount = 5 });
        store.Put(shared);
        store.Put(other);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.LockTimeout = TimeSpan.FromMilliseconds(150));
        var first = cod.CreateWatchedJob([shared.StudyInstanceUid]);
        var saved = new TaskCompletionSource();
        first.Saved += (_, _) => saved.TrySetResult();
        store.Server.Faults.Add(Fault.StallAfter(60_000), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal), times: 1);
        using var cancel = new CancellationTokenSource();
        var running = first.RunAsync(cancel.Token);
        await saved.Task;

        var second = await cod.CreateWatchedJob([shared.StudyInstanceUid, other.StudyInstanceUid]).RunAsync();

        Assert.Equal(JobOutcome.Incomplete, second.Outcome);
        Assert.Equal([shared.StudyInstanceUid], second.BusyStudies);
        Assert.Equal(5, second.InstancesSaved);
        Assert.False(running.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        var third = await cod.CreateWatchedJob([shared.StudyInstanceUid]).RunAsync();
        Assert.Equal(JobOutcome.Complete, third.Outcome);
        Assert.Equal(new[] { shared, other }.Expected(), SavedFiles.InFolder(folder.Path));
    }

    private static SeriesStats Of(DownloadStats stats, SyntheticSeries series) => stats.Series.Single(one => one.SeriesInstanceUid == series.SeriesInstanceUid);

    private static List<string> Snapshot(string directory) =>
        [.. Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories).Select(path => $"{path} {File.GetLastWriteTimeUtc(path):O}").Order(StringComparer.Ordinal)];
}
