using System.IO.Compression;
using CodRetrieve.Saving;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using CodRetrieve.Verification;

namespace CodRetrieve.Tests.Verification;

public sealed class PruneTests
{
    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_store_no_longer_lists_is_deleted_and_its_bytes_are_nowhere(bool zip)
    {
        await using var saved = await SavedStudy.CreateAsync(zip);
        var secret = (await saved.Study.Series[0].Instances[4].Content.ReadAllAsync(CancellationToken.None)).AsSpan(5_000, 200).ToArray();
        var edited = RemoveFromStore(saved, 4);
        Assert.Contains(Everything(saved), bytes => bytes.AsSpan().IndexOf(secret) >= 0);

        var found = await saved.VerifyAsync();
        var issue = Assert.Single(found.Issues);
        Assert.Equal((VerificationIssueKind.Unlisted, saved.Study.Series[0].Instances[4].SopInstanceUid, false, false), (issue.Kind, issue.SopInstanceUid, issue.IsRepairable, found.IsIntact));
        var pruned = await saved.Cod.PruneAsync(found);

        Assert.Equal([issue], pruned.Deleted);
        Assert.Empty(pruned.Failures);
        Assert.Equal(edited.Expected(), SavedFiles.In(saved.Folder, zip));
        Assert.DoesNotContain(Everything(saved), bytes => bytes.AsSpan().IndexOf(secret) >= 0);
        Assert.True((await saved.VerifyAsync()).IsIntact);
        var again = await saved.Cod.CreateWatchedJob([saved.Study.StudyInstanceUid], zip ? OutputFormat.Zip : OutputFormat.Folder).RunAsync();
        Assert.Equal((12, 0, 0), (again.InstancesSkipped, again.InstancesSaved, again.InstancesAdopted));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_series_that_the_store_no_longer_lists_is_deleted_with_its_folder(bool zip)
    {
        await using var saved = await SavedStudy.CreateAsync(zip);
        var gone = saved.Study.Series[1];
        foreach (var name in saved.Bucket.Names.Where(name => name.Contains(gone.SeriesInstanceUid, StringComparison.Ordinal)).ToList())
        {
            saved.Bucket.Remove(name);
        }

        var pruned = await saved.Cod.PruneAsync(await saved.VerifyAsync());

        Assert.Equal(3, pruned.Deleted.Count);
        Assert.Equal(10, SavedFiles.In(saved.Folder, zip).Count);
        Assert.False(Directory.Exists(Path.Combine(saved.Folder, saved.Study.StudyInstanceUid, gone.SeriesInstanceUid)));
        Assert.True((await saved.VerifyAsync()).IsIntact);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_no_job_saved_stays(bool zip)
    {
        await using var saved = await SavedStudy.CreateAsync(zip);
        saved.Add($"{saved.Study.Series[0].SeriesInstanceUid}/instances/1.2.3.dcm", [1, 2, 3]);
        saved.Add("notes.txt", [4]);
        var found = await saved.VerifyAsync();

        var pruned = await saved.Cod.PruneAsync(found);

        Assert.Empty(pruned.Deleted);
        Assert.Equal([VerificationIssueKind.Unknown, VerificationIssueKind.Unknown], (await saved.VerifyAsync()).Issues.Select(issue => issue.Kind));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_was_changed_since_it_was_saved_stays_and_is_named()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: false);
        RemoveFromStore(saved, 4);
        saved.Change(0, 4, bytes => [.. bytes, 1]);

        var pruned = await saved.Cod.PruneAsync(await saved.VerifyAsync());

        Assert.Empty(pruned.Deleted);
        Assert.Contains("was changed since it was saved, and is kept", Assert.Single(pruned.Failures).ToString(), StringComparison.Ordinal);
        Assert.True(File.Exists(saved.PathOf(0, 4)));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("a study that the store does not know")]
    [InlineData("a series that is being edited")]
    [InlineData("a series whose index cannot be read")]
    [InlineData("an index with an entry that cannot be understood")]
    public async Task Nothing_is_deleted_of(string what)
    {
        await using var saved = await SavedStudy.CreateAsync(zip: false);
        var series = saved.Study.Series[0].SeriesInstanceUid;
        var index = saved.Bucket.Names.Single(name => name.Contains(series, StringComparison.Ordinal) && name.EndsWith("metadata.json", StringComparison.Ordinal));
        switch (what)
        {
            case "a study that the store does not know":
                saved.Bucket.Names.ToList().ForEach(name => Assert.True(saved.Bucket.Remove(name)));
                break;
            case "a series that is being edited":
                RemoveFromStore(saved, 4);
                saved.Bucket.Put(index.Replace("metadata.json", ".gradient.lock", StringComparison.Ordinal), new byte[] { 1 });
                break;
            case "a series whose index cannot be read":
                saved.Bucket.Put(index, "{"u8.ToArray());
                break;
            default:
                RemoveFromStore(saved, 4);
                var text = System.Text.Encoding.UTF8.GetString(await saved.Bucket.Get(index).Content.ReadAllAsync(CancellationToken.None));
                saved.Bucket.Put(index, System.Text.Encoding.UTF8.GetBytes(text.Replace("\"instances\":{", "\"instances\":{\"../x\":{},", StringComparison.Ordinal)));
                Assert.NotEmpty((await saved.VerifyAsync()).Failures);
                break;
        }

        var pruned = await saved.Cod.PruneAsync(await saved.VerifyAsync());

        Assert.Empty(pruned.Deleted);
        Assert.Equal(saved.Study.Expected(), SavedFiles.In(saved.Folder, zip: false));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_that_another_job_is_saving_is_named()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: false);
        RemoveFromStore(saved, 4);
        var found = await saved.VerifyAsync();
        var other = new FolderSaveHandler(saved.Folder);
        await other.OpenAsync(CancellationToken.None);
        Assert.True(await other.TryBeginStudyAsync(saved.Study.StudyInstanceUid, CancellationToken.None));

        var pruned = await saved.Cod.PruneAsync(found);
        await other.CloseAsync();

        Assert.Empty(pruned.Deleted);
        Assert.Contains("Another job is saving the study", Assert.Single(pruned.Failures).ToString(), StringComparison.Ordinal);
        Assert.Single((await saved.Cod.PruneAsync(found)).Deleted);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_note_of_what_is_missing_stays_in_the_zip()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: true, new() { InstanceCount = 10, InstanceSizeBytes = 20_000, CorruptInstances = [2] });
        RemoveFromStore(saved, 4);
        var note = Note(saved);

        Assert.Single((await saved.Cod.PruneAsync(await saved.VerifyAsync())).Deleted);

        Assert.Equal(note, Note(saved));
    }

    private static string Note(SavedStudy saved)
    {
        using var zip = ZipFile.OpenRead(saved.ZipPath);
        using var reader = new StreamReader(zip.GetEntry("INCOMPLETE.txt")!.Open());
        return reader.ReadToEnd();
    }

    private static SyntheticStudy RemoveFromStore(SavedStudy saved, int instance)
    {
        var edited = new SyntheticStudy(seed: 1);
        edited.AddSeries(new() { InstanceCount = 10, InstanceSizeBytes = 20_000, RemovedInstances = [instance] });
        edited.AddSeries(new() { InstanceCount = 3, InstanceSizeBytes = 300_000 });
        edited.PutInto(saved.Bucket, TestStore.Prefix);
        return edited;
    }

    private static List<byte[]> Everything(SavedStudy saved) =>
        [.. Directory.EnumerateFiles(saved.Folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Select(File.ReadAllBytes)];
}
