using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using CodRetrieve.Verification;

namespace CodRetrieve.Tests;

/// <summary>Paths of other systems, paths beyond the 260 characters of old Windows, and names that only some file systems tell apart.</summary>
public sealed class PathTests
{
    [Theory]
    [InlineData(@"C:\stores\cod", @"C:\stores\cod")]
    [InlineData("c:/stores/cod", "c:/stores/cod")]
    [InlineData("C://stores/cod", "C://stores/cod")]
    [InlineData(@"C:stores", "C:stores")]
    [InlineData(@"\\server\share\cod", @"\\server\share\cod")]
    [InlineData(@"\\?\C:\stores\cod", @"\\?\C:\stores\cod")]
    [InlineData("file:///C:/stores/a%20b", @"C:\stores\a b")]
    [InlineData("file://server/share/cod", @"\\server\share\cod")]
    public void A_path_of_windows_is_a_folder_and_no_url(string text, string folder)
    {
        // It is not there, here or on Windows; what is told is which folder was looked for.
        var refused = Assert.Throws<ArgumentException>(() => BucketUrl.Parse(text));
        Assert.Contains($"there is no folder '{folder}'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"C:\stores\..\secret")]
    [InlineData(@"\\?\C:\stores\..\secret")]
    [InlineData("file:///C:/stores/%2e%2e/secret")]
    [InlineData("file:///C:/stores/..%5C..%5Csecret")]
    [InlineData(@"\\?\C:\x?token=SECRET")]
    [InlineData("C:x?token=SECRET")]
    public void A_path_of_windows_that_leads_up_or_holds_a_query_is_refused_without_repeating_it(string text)
    {
        var refused = Assert.Throws<ArgumentException>(() => BucketUrl.Parse(text));
        Assert.DoesNotContain("secret", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Paths_longer_than_260_characters_are_saved_to_verified_and_repaired(bool zip)
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(LongNames());
        using var folder = new TempFolder();
        var directory = Long(folder.Path);
        await using var cod = store.Open(directory);

        Assert.Equal(JobOutcome.Complete, (await (await cod.DownloadAsync([study.StudyInstanceUid], zip ? OutputFormat.Zip : OutputFormat.Folder)).RunAsync()).Outcome);
        Assert.Equal(study.Expected(), SavedFiles.In(directory, zip));
        Assert.All(Directory.EnumerateFiles(directory, zip ? "*.zip" : "*.dcm", SearchOption.AllDirectories), file => Assert.InRange(file.Length, 261, 4_000));
        Assert.True((await cod.VerifyAsync([study.StudyInstanceUid], zip ? OutputFormat.Zip : OutputFormat.Folder)).IsIntact);

        if (!zip)
        {
            await File.WriteAllBytesAsync(Directory.EnumerateFiles(directory, "*.dcm", SearchOption.AllDirectories).First(), [1]);
            var damaged = await cod.VerifyAsync([study.StudyInstanceUid]);
            Assert.Equal(VerificationIssueKind.WrongSize, Assert.Single(damaged.Issues).Kind);
            await (cod.Repair(damaged)).RunAsync();
            Assert.Equal(study.Expected(), SavedFiles.InFolder(directory));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_store_on_a_disk_may_have_paths_longer_than_260_characters()
    {
        using var folder = new TempFolder();
        var study = LongNames();
        var source = Long(Path.Combine(folder.Path, "store"));
        await study.WriteToDirectoryAsync(source, "");
        await using var cod = new CodDownload();
        cod.InitDirectory(Path.Combine(folder.Path, "out"));
        cod.InitBucket(source);

        await (await cod.DownloadAsync([study.StudyInstanceUid])).RunAsync();

        Assert.Equal(study.Expected(), SavedFiles.InFolder(Path.Combine(folder.Path, "out")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Studies_that_some_file_systems_do_not_tell_apart_are_refused_together_and_retrieved_one_by_one()
    {
        await using var store = await TestStore.StartAsync();
        SyntheticStudy[] studies = [new("1.2.a", seed: 1), new("1.2.A", seed: 2)];
        foreach (var study in studies)
        {
            study.AddSeries(new() { InstanceCount = 2 });
            store.Put(study);
        }

        using var folder = new TempFolder();
        foreach (var (study, i) in studies.Select((study, i) => (study, i)))
        {
            var directory = Path.Combine(folder.Path, $"{i}");
            await using var cod = store.Open(directory);
            await Assert.ThrowsAsync<ArgumentException>(() => cod.DownloadAsync(["1.2.a", "1.2.A"]));
            await Assert.ThrowsAsync<ArgumentException>(() => cod.DownloadAsync(["1.2.A", "1.2.3", "1.2.a"], OutputFormat.Zip));
            await (await cod.DownloadAsync([study.StudyInstanceUid, study.StudyInstanceUid])).RunAsync();
            Assert.Equal(study.Expected(), SavedFiles.InFolder(directory));
        }
    }

    // UIDs as long as the standard lets them be.
    private static SyntheticStudy LongNames()
    {
        var study = new SyntheticStudy("1.2." + new string('3', 60), seed: 1);
        study.AddSeries(new() { SeriesInstanceUid = "1.4." + new string('5', 60), InstanceCount = 3 });
        return study;
    }

    private static string Long(string folder) => Path.Combine([folder, .. Enumerable.Repeat(new string('n', 80), 4)]);
}
