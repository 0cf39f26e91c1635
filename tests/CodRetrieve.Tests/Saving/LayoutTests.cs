using System.IO.Compression;
using CodRetrieve.Saving;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Saving;

/// <summary>Whole jobs that save in a layout of the user's.</summary>
public sealed class LayoutTests : StoreTests
{
    private const string ByNumber = "{PatientID}/{SeriesDescription}/{InstanceNumber:000}.dcm";

    [Fact(Timeout = 60_000)]
    public async Task Instances_are_where_the_layout_has_them_and_a_second_run_fetches_nothing()
    {
        var study = Put(1);
        var first = await SaveAsync(ByNumber, study);

        Assert.Equal((JobOutcome.Complete, 6), (first.Outcome, first.InstancesSaved));
        Assert.Equal(["P-1/one/001.dcm", "P-1/one/002.dcm", "P-1/one/003.dcm", "P-1/two/001.dcm", "P-1/two/002.dcm", "P-1/two/003.dcm"], Saved());
        Assert.Equal(study.Series[0].Instances[1].Sha256, Sha256("P-1/one/002.dcm"));

        var second = await SaveAsync(ByNumber, study);
        Assert.Equal((0, 6, 0L), (second.InstancesSaved, second.InstancesSkipped, second.BytesDownloaded));
        Assert.Equal(0, second.InstancesAdopted);
    }

    [Fact(Timeout = 60_000)]
    public async Task Instances_that_would_meet_get_names_of_their_own_in_one_series_in_one_study_and_over_all_of_them()
    {
        var studies = new[] { Put(1), Put(2), Put(3) };
        const string layout = "{PatientID}/{Modality}.dcm";

        var first = await SaveAsync(layout, studies);
        Assert.Equal((JobOutcome.Complete, 18), (first.Outcome, first.InstancesSaved));
        Assert.Equal(18, Saved().Length);
        Assert.Equal(
            studies.SelectMany(study => study.Expected().Values).Order(StringComparer.Ordinal),
            Saved().Select(Sha256).Order(StringComparer.Ordinal));
        var names = Saved();

        var second = await SaveAsync(layout, studies.Reverse().ToArray());
        Assert.Equal((0, 18), (second.InstancesSaved, second.InstancesSkipped));
        Assert.Equal(names, Saved());
    }

    [Fact(Timeout = 60_000)]
    public async Task Names_that_differ_only_in_case_are_kept_apart()
    {
        var study = Put(1, i => [SyntheticAttribute.OfText("00200010", "SH", i == 0 ? "abc" : i == 1 ? "ABC" : "x")]);

        await SaveAsync("{StudyID}.dcm", study);

        Assert.Equal(6, Saved().Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_of_somebody_else_in_the_place_is_not_touched()
    {
        var study = Put(1);
        var mine = study.Series[0].Instances[0];
        var other = Write("P-1/one/001.dcm", new byte[mine.SizeBytes]);
        var same = Write("P-1/one/002.dcm", await study.Series[0].Instances[1].Content.ReadAllAsync());
        var times = (File.GetLastWriteTimeUtc(other), File.GetLastWriteTimeUtc(same));

        var first = await SaveAsync(ByNumber, study);
        var kept = await SaveAsync(ByNumber, ExistingFilePolicy.Keep, study);

        Assert.Equal((JobOutcome.Complete, 5, 1, 0), (first.Outcome, first.InstancesSaved, first.InstancesAdopted, first.InstancesUpdated));
        Assert.Equal((0, 6), (kept.InstancesSaved, kept.InstancesSkipped));
        Assert.Equal(times, (File.GetLastWriteTimeUtc(other), File.GetLastWriteTimeUtc(same)));
        Assert.Equal(new byte[mine.SizeBytes], await File.ReadAllBytesAsync(other));
        Assert.Contains(Saved(), name => name.StartsWith("P-1/one/001~", StringComparison.Ordinal) && Sha256(name) == mine.Sha256);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_the_state_folder_everything_is_found_again_and_nothing_is_fetched()
    {
        var study = Put(1);
        await SaveAsync(ByNumber, study);
        Directory.Delete(Path.Combine(Folder.Output, ".codretrieve"), recursive: true);

        var again = await SaveAsync(ByNumber, study);

        Assert.Equal((0, 6, 6, 0L), (again.InstancesSaved, again.InstancesSkipped, again.InstancesAdopted, again.BytesDownloaded));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_instance_whose_attributes_were_edited_moves_with_them()
    {
        var study = Put(1);
        await SaveAsync(ByNumber, study);
        var edited = Put(1, _ => [SyntheticAttribute.OfText("00100020", "LO", "ANOTHER")], edited: [0, 1, 2]);

        var result = await SaveAsync(ByNumber, edited);

        Assert.Equal((3, 3), (result.InstancesSaved, result.InstancesUpdated));
        Assert.Equal(["ANOTHER/one/001.dcm", "ANOTHER/one/002.dcm", "ANOTHER/one/003.dcm", "P-1/two/001.dcm", "P-1/two/002.dcm", "P-1/two/003.dcm"], Saved());
        Assert.False(Directory.Exists(Path.Combine(Folder.Output, "P-1", "one")));
        Assert.Equal(edited.Series[0].Instances[0].Sha256, Sha256("ANOTHER/one/001.dcm"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("{StudyInstanceUID}/{SeriesInstanceUID}/instances/{SOPInstanceUID}.dcm", ByNumber)]
    [InlineData(ByNumber, "{StudyInstanceUID}/{SeriesInstanceUID}/instances/{SOPInstanceUID}.dcm")]
    [InlineData(ByNumber, "{SOPInstanceUID}.dcm")]
    [InlineData("{Modality}.dcm", ByNumber)]
    public async Task Another_layout_is_an_error_and_moves_what_is_there_if_that_is_asked_for(string before, string after)
    {
        var (study, other) = (Put(1), Put(2));
        await SaveAsync(before, study, other);
        var bytes = Store.Server.Requests.Count;

        var refused = await Assert.ThrowsAsync<JobFailedException>(() => SaveAsync(after, study));
        var fault = Assert.IsType<DestinationException>(refused.InnerException);
        Assert.Equal(DestinationFailure.OtherLayout, fault.Reason);
        Assert.Contains("--relayout", fault.Message, StringComparison.Ordinal);
        await using (var looking = Open(after))
        {
            await Assert.ThrowsAsync<DestinationException>(() => looking.VerifyAsync([study.StudyInstanceUid]));
        }

        var moved = await SaveAsync(after, relayout: true, study);
        Assert.Equal((0, 6, 0L), (moved.InstancesSaved, moved.InstancesSkipped, moved.BytesDownloaded));
        var left = await Assert.ThrowsAsync<JobFailedException>(() => SaveAsync(after, other));
        Assert.Equal(DestinationFailure.OtherLayout, Assert.IsType<DestinationException>(left.InnerException).Reason);

        await SaveAsync(after, relayout: true, other);
        var again = await SaveAsync(after, study, other);
        Assert.Equal((0, 12, 0), (again.InstancesSaved, again.InstancesSkipped, again.InstancesAdopted));
        Assert.Equal(new[] { study, other }.SelectMany(one => one.Expected().Values).Order(StringComparer.Ordinal), Saved().Select(Sha256).Order(StringComparer.Ordinal));
        Assert.All(
            Directory.EnumerateDirectories(Folder.Output, "*", SearchOption.AllDirectories),
            folder => Assert.True(folder.Contains(".codretrieve", StringComparison.Ordinal) || Directory.EnumerateFileSystemEntries(folder).Any(), folder));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_study_that_another_layout_refuses_is_left_to_other_jobs_at_once()
    {
        const string after = "{SOPInstanceUID}.dcm";
        var (study, other) = (Put(1), Put(2));
        await SaveAsync(ByNumber, study, other);
        await SaveAsync(after, relayout: true, study);
        await Assert.ThrowsAsync<JobFailedException>(() => SaveAsync(after, other));

        await using var cod = Open(after, options => (options.Relayout, options.LockTimeout) = (true, TimeSpan.Zero));
        var result = await cod.CreateJob([other.StudyInstanceUid]).RunAsync();

        Assert.Empty(result.BusyStudies);
        Assert.Equal((0, 6), (result.InstancesSaved, result.InstancesSkipped));
    }

    [Fact(Timeout = 60_000)]
    public async Task Moving_to_a_layout_that_is_there_changes_nothing_also_where_names_collide()
    {
        var studies = new[] { Put(1), Put(2) };
        const string layout = "{PatientID}/{InstanceNumber}.dcm";
        await SaveAsync(layout, studies);
        var names = Saved();

        var again = await SaveAsync(layout, relayout: true, studies);

        Assert.Equal((JobOutcome.Complete, 0, 12), (again.Outcome, again.InstancesSaved, again.InstancesSkipped));
        Assert.Equal(names, Saved());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_saved_is_verified_repaired_and_pruned_in_its_places()
    {
        var study = Put(1);
        await SaveAsync(ByNumber, study);
        var corrupt = Path.Combine(Folder.Output, "P-1", "one", "002.dcm");
        var bytes = await File.ReadAllBytesAsync(corrupt);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(corrupt, bytes);
        File.Delete(Path.Combine(Folder.Output, "P-1", "two", "003.dcm"));
        await using var cod = Open(ByNumber);

        var verified = await cod.VerifyAsync([study.StudyInstanceUid]);
        Assert.Equal(["Corrupt", "Missing"], verified.Issues.Select(issue => issue.Kind.ToString()).Order(StringComparer.Ordinal));
        await cod.Repair(verified).RunAsync();
        Assert.True((await cod.VerifyAsync([study.StudyInstanceUid])).IsIntact);

        Put(1, removed: [2]);
        var unlisted = await cod.VerifyAsync([study.StudyInstanceUid]);
        var pruned = await cod.PruneAsync(unlisted);
        Assert.Single(pruned.Deleted);
        Assert.DoesNotContain("P-1/one/003.dcm", Saved());
        Assert.Equal(5, Saved().Length);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Entries_of_zips_have_the_names_too(bool encrypted)
    {
        var study = Put(1);
        void Encrypt(CodDownloadOptions options) => options.ZipEncryption = encrypted ? new AesZipEncryption("secret") : null;
        await using var cod = Open(ByNumber, Encrypt);
        var first = await cod.CreateJob([study.StudyInstanceUid], OutputFormat.Zip).RunAsync();
        var second = await cod.CreateJob([study.StudyInstanceUid], OutputFormat.Zip).RunAsync();

        Assert.Equal((6, 0, 6), (first.InstancesSaved, second.InstancesSaved, second.InstancesSkipped));
        Assert.True((await cod.VerifyAsync([study.StudyInstanceUid], OutputFormat.Zip)).IsIntact);
        using (var zip = ZipFile.OpenRead(Path.Combine(Folder.Output, study.StudyInstanceUid + ".zip")))
        {
            Assert.Equal(["P-1/one/001.dcm", "P-1/one/002.dcm", "P-1/one/003.dcm", "P-1/two/001.dcm", "P-1/two/002.dcm", "P-1/two/003.dcm"], zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        }

        var edited = Put(1, _ => [SyntheticAttribute.OfText("00100020", "LO", "ANOTHER")], edited: [0, 1, 2], removed: []);
        var third = await cod.CreateJob([edited.StudyInstanceUid], OutputFormat.Zip).RunAsync();
        Assert.Equal((3, 3), (third.InstancesSaved, third.InstancesUpdated));
        using (var zip = ZipFile.OpenRead(Path.Combine(Folder.Output, study.StudyInstanceUid + ".zip")))
        {
            Assert.Equal(["ANOTHER/one/001.dcm", "ANOTHER/one/002.dcm", "ANOTHER/one/003.dcm", "P-1/two/001.dcm", "P-1/two/002.dcm", "P-1/two/003.dcm"], zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        }

        Put(1, _ => [SyntheticAttribute.OfText("00100020", "LO", "ANOTHER")], edited: [0, 1, 2], removed: [1]);
        var pruned = await cod.PruneAsync(await cod.VerifyAsync([study.StudyInstanceUid], OutputFormat.Zip));
        Assert.Single(pruned.Deleted);
        Assert.True((await cod.VerifyAsync([study.StudyInstanceUid], OutputFormat.Zip)).IsIntact);
    }

    [Fact(Timeout = 60_000)]
    public async Task Zips_are_not_moved_to_another_layout()
    {
        Put(1);
        await using var cod = Open(ByNumber, options => options.Relayout = true);

        Assert.Throws<ArgumentException>(() => cod.CreateJob(["1.2"], OutputFormat.Zip));
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_a_store_with_hashed_UIDs_identifying_attributes_become_no_names_unless_that_is_allowed()
    {
        var study = new SyntheticStudy(seed: 5, hashed: true);
        study.AddSeries(new SyntheticSeriesOptions { InstanceCount = 2, Attributes = _ => [SyntheticAttribute.OfText("00100020", "LO", "P-1"), SyntheticAttribute.OfText("0008103E", "LO", "one")] });
        Store.Put(study);

        var refused = await SaveAsync(ByNumber, study);
        Assert.Equal((JobOutcome.Incomplete, 0), (refused.Outcome, refused.InstancesSaved));
        var failure = Assert.Single(refused.Failures);
        Assert.Contains("PatientID, SeriesDescription would become names", failure.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("--allow-identifiers", failure.Exception.Message, StringComparison.Ordinal);

        Assert.Equal(2, (await SaveAsync("{Modality}_{InstanceNumber}.dcm", study)).InstancesSaved);
        await using var cod = Store.Open(Folder.Output + "2", options => options.Layout = new FolderLayout(ByNumber) { AllowIdentifiers = true });
        Assert.Equal(2, (await cod.CreateJob([study.StudyInstanceUid]).RunAsync()).InstancesSaved);
        await using var hashing = Store.Open(Folder.Output + "3", options => options.Layout = new FolderLayout("{PatientID:hash}/{SOPInstanceUID}.dcm") { Salt = "s" });
        Assert.Equal(2, (await hashing.CreateJob([study.StudyInstanceUid]).RunAsync()).InstancesSaved);
        await using var keeping = Store.Open(Folder.Output + "4");
        Assert.Equal(0, (await keeping.CreateJob([study.StudyInstanceUid], selection: new Selection { Attributes = ["00100020"] }).RunAsync()).InstancesSaved);
        Directory.Delete(Folder.Output + "2", recursive: true);
        Directory.Delete(Folder.Output + "3", recursive: true);
        Directory.Delete(Folder.Output + "4", recursive: true);
    }

    [LinuxFact(Timeout = 60_000)]
    public async Task A_planted_link_in_the_way_is_not_followed()
    {
        var study = Put(1);
        var outside = Path.Combine(Folder.Path, "outside");
        Directory.CreateDirectory(outside);
        Directory.CreateDirectory(Folder.Output);
        Directory.CreateSymbolicLink(Path.Combine(Folder.Output, "P-1"), outside);

        var result = await SaveAsync(ByNumber, study);

        Assert.Equal((JobOutcome.Incomplete, 0), (result.Outcome, result.InstancesSaved));
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact(Timeout = 60_000)]
    public async Task Unfinished_files_of_a_dead_run_are_deleted_where_instances_go()
    {
        var study = Put(1);
        Write("P-1/one/.001.0a1b2c3d.4e5f6071.partial", [1]);
        Write("P-1/one/.mine.partial", [1]);

        await SaveAsync(ByNumber, study);

        Assert.Equal(["P-1/one/.mine.partial"], Directory.EnumerateFiles(Folder.Output, "*.partial", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder.Output, path)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Paths_that_Windows_does_not_take_are_refused_there()
    {
        var study = Put(1);
        var handler = new FolderSaveHandler(Folder.Output, new SavingOptions { Layout = new FolderLayout(string.Concat(Enumerable.Repeat("{SeriesInstanceUID}/", 6)) + "{SOPInstanceUID}.dcm"), HasShortPaths = true });
        await using var cod = Store.Open(Folder.Output);

        var result = await cod.CreateJob([study.StudyInstanceUid], handler).RunAsync();

        Assert.Equal(0, result.InstancesSaved);
        Assert.All(result.Failures, failure => Assert.Contains("LongPathsEnabled", failure.Exception.Message, StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_damaged_record_of_places_loses_nothing()
    {
        var study = Put(1);
        await SaveAsync("{Modality}.dcm", study);
        var names = Saved();
        var record = Path.Combine(Folder.Output, ".codretrieve", "places", study.StudyInstanceUid);
        var bytes = await File.ReadAllBytesAsync(record);
        await File.WriteAllBytesAsync(record, bytes[..(bytes.Length - 20)]);

        var again = await SaveAsync("{Modality}.dcm", study);

        Assert.Equal((0, 6), (again.InstancesSaved, again.InstancesSkipped));
        Assert.Equal(names, Saved());
    }

    // Another patient than that of all tests, whose name may be nowhere: here the layout puts it into paths.
    private SyntheticStudy Put(int seed, Func<int, IEnumerable<SyntheticAttribute>>? attributes = null, int[]? edited = null, int[]? removed = null)
    {
        SyntheticAttribute[] patient = [SyntheticAttribute.OfText("00100020", "LO", "P-1")];
        var study = new SyntheticStudy(seed: seed);
        study.AddSeries(new SyntheticSeriesOptions { InstanceCount = 3, Description = "one", InstanceSizeBytes = 4_000, MetadataBytesPerInstance = 0, Attributes = i => attributes is null ? patient : [.. attributes(i), .. attributes(i).Any(one => one.Tag == "00100020") ? [] : patient], EditedInstances = edited ?? [], RemovedInstances = removed ?? [] });
        study.AddSeries(new SyntheticSeriesOptions { InstanceCount = 3, Description = "two", InstanceSizeBytes = 4_000, MetadataBytesPerInstance = 0, Attributes = _ => patient });
        return Store.Put(study);
    }

    private CodDownload Open(string layout, Action<CodDownloadOptions>? change = null) => Store.Open(Folder.Output, options =>
    {
        options.Layout = new FolderLayout(layout);
        change?.Invoke(options);
    });

    private Task<JobResult> SaveAsync(string layout, params SyntheticStudy[] studies) => SaveAsync(layout, ExistingFilePolicy.VerifyAndReplace, studies);

    private async Task<JobResult> SaveAsync(string layout, bool relayout, params SyntheticStudy[] studies)
    {
        await using var cod = Open(layout, options => options.Relayout = relayout);
        return await cod.CreateJob(studies.Select(study => study.StudyInstanceUid)).RunAsync();
    }

    private async Task<JobResult> SaveAsync(string layout, ExistingFilePolicy policy, params SyntheticStudy[] studies)
    {
        await using var cod = Open(layout, options => options.ExistingFilePolicy = policy);
        return await cod.CreateJob(studies.Select(study => study.StudyInstanceUid)).RunAsync();
    }

    private string[] Saved() => [.. Directory.EnumerateFiles(Folder.Output, "*.dcm", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder.Output, path).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal)];

    private string Sha256(string name) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder.Output, name)))).ToLowerInvariant();

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(Folder.Output, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
