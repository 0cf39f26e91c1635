using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using CodRetrieve.Verification;

namespace CodRetrieve.Tests.Verification;

public sealed class VerifyTests
{
    [Theory(Timeout = 30_000)]
    [InlineData(".DS_Store")]
    [InlineData("Thumbs.db")]
    [InlineData("desktop.ini")]
    [InlineData("._1.2.3.dcm")]
    [InlineData(".nfs0000000000012345")]
    public async Task Files_that_systems_put_into_folders_are_no_issue(string name)
    {
        await using var saved = await SavedStudy.CreateAsync(zip: false);
        saved.Add(name, [1]);
        saved.Add($"{saved.Study.Series[0].SeriesInstanceUid}/instances/{name}", [1]);

        Assert.True((await saved.VerifyAsync()).IsIntact);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_saved_is_intact_and_is_neither_fetched_nor_changed(bool zip)
    {
        await using var saved = await SavedStudy.CreateAsync(zip);
        var before = saved.Snapshot();

        var result = await saved.VerifyAsync();

        Assert.True(result.IsIntact);
        Assert.False(result.IsRepairable);
        Assert.Empty(result.Issues);
        Assert.Equal((13, 13, 10 * 20_000 + 3 * 300_000L), (result.InstancesTotal, result.InstancesVerified, result.BytesVerified));
        Assert.Equal((result.BytesVerified, 2), (result.BytesRead, result.Series.Count));
        Assert.Equal(before, saved.Snapshot());
        Assert.Equal(0, saved.TarBytesSent());
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_kind_of_damage_is_named_and_nothing_else(bool zip)
    {
        await using var saved = await SavedStudy.CreateAsync(zip);
        saved.Delete(0, 0);
        saved.Change(0, 4, bytes => bytes[..^1]);
        saved.Change(0, 7, Bytes.Flip);
        saved.Change(1, 1, Bytes.Flip);
        var inSeries = $"{saved.Study.Series[1].SeriesInstanceUid}/instances/1.2.3.dcm";
        saved.Add(inSeries, [1]);
        saved.Add("notes/read me.txt", [1]);
        var before = saved.Snapshot();

        var result = await saved.VerifyAsync();

        var first = result.Series.Single(series => series.SeriesInstanceUid == saved.Study.Series[0].SeriesInstanceUid);
        var second = result.Series.Single(series => series.SeriesInstanceUid == saved.Study.Series[1].SeriesInstanceUid);
        Assert.Equal([VerificationIssueKind.Missing, VerificationIssueKind.WrongSize, VerificationIssueKind.Corrupt], first.Issues.Select(issue => issue.Kind));
        Assert.Equal(new[] { 0, 4, 7 }.Select(i => saved.Study.Series[0].Instances[i].SopInstanceUid), first.Issues.Select(issue => issue.SopInstanceUid));
        Assert.Equal((20_000, 19_999), (first.Issues[1].ExpectedSizeBytes, first.Issues[1].ActualSizeBytes));
        Assert.Equal(saved.Study.Series[0].Instances[7].Crc32c, first.Issues[2].ExpectedCrc32c);
        Assert.NotNull(first.Issues[2].ActualCrc32c);
        Assert.NotEqual(first.Issues[2].ExpectedCrc32c, first.Issues[2].ActualCrc32c);
        Assert.Equal([VerificationIssueKind.Corrupt, VerificationIssueKind.Unknown], second.Issues.Select(issue => issue.Kind));
        Assert.Equal((7, 2), (first.InstancesVerified, second.InstancesVerified));
        Assert.EndsWith("1.2.3.dcm", second.Issues[1].Location, StringComparison.Ordinal);
        Assert.EndsWith("read me.txt", Assert.Single(result.StudyIssues).Location, StringComparison.Ordinal);
        Assert.False(result.IsIntact);
        Assert.Equal(before, saved.Snapshot());
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_saved_is_all_missing_and_makes_nothing(bool zip)
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 4, OmitTar = true });
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = new CodDownload(store.Options());
        cod.InitBucket(TestStore.Url);
        var directory = Path.Combine(folder.Path, "not-there");
        cod.InitDirectory(directory, readOnly: true);

        var result = await cod.VerifyAsync([study.StudyInstanceUid], zip ? OutputFormat.Zip : OutputFormat.Folder);

        Assert.Equal(4, result.Issues.Count(issue => issue.Kind == VerificationIssueKind.Missing));
        Assert.Equal(4, result.Issues.Count());
        Assert.False(Directory.Exists(directory));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_zip_that_is_cut_off_is_a_finding_and_all_in_it_is_missing()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: true);
        var bytes = await File.ReadAllBytesAsync(saved.ZipPath);
        await File.WriteAllBytesAsync(saved.ZipPath, bytes[..^30]);

        var result = await saved.VerifyAsync();

        var broken = Assert.Single(result.StudyIssues);
        Assert.Equal((VerificationIssueKind.Unreadable, saved.ZipPath), (broken.Kind, broken.Location));
        Assert.IsType<InvalidDataException>(broken.Cause);
        Assert.Equal(13, result.Issues.Count(issue => issue.Kind == VerificationIssueKind.Missing));
    }

    [Fact(Timeout = 30_000)]
    public async Task Damage_anywhere_in_a_zip_is_an_issue_and_no_exception()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: true, new() { InstanceCount = 2, InstanceSizeBytes = 2_000 });
        var whole = await File.ReadAllBytesAsync(saved.ZipPath);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var bytes = whole.ToArray();

            // One half in the data and local headers, one in the list at the end, where each byte counts.
            var at = round % 2 == 0 ? random.Next(bytes.Length) : bytes.Length - 1 - random.Next(700);
            bytes[at] ^= (byte)random.Next(1, 256);
            await File.WriteAllBytesAsync(saved.ZipPath, bytes);

            var result = await saved.VerifyAsync();

            // Fields of a zip that nobody reads may change: then all the bytes must still be right.
            Assert.True(result.Issues.Any() || result.InstancesVerified == 5, $"seed {seed}, round {round}, byte {at}");
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Instances_that_wait_for_their_zip_are_verified_and_the_zip_is_unfinished()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: true);
        File.Move(saved.ZipPath, Path.Combine(saved.Folder, $".{saved.Study.StudyInstanceUid}.zip.0badc0de.01234567.partial"));

        var result = await saved.VerifyAsync();

        Assert.Equal(VerificationIssueKind.Unfinished, Assert.Single(result.Issues).Kind);
        Assert.Equal(13, result.InstancesVerified);
        var repair = await saved.RepairAsync(result);
        Assert.Equal((JobOutcome.Complete, 0L), (repair.Outcome, saved.TarBytesSent()));
        Assert.True((await saved.VerifyAsync()).IsIntact);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_checksum_in_the_index_an_instance_is_unverifiable_which_is_no_fault()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: false, new() { InstanceCount = 3, NoCrc32c = true });

        var result = await saved.VerifyAsync();

        Assert.True(result.IsIntact);
        Assert.Equal((3, 3), (result.InstancesVerified, result.Issues.Count(issue => issue.Kind == VerificationIssueKind.Unverifiable)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Links_are_not_followed_and_are_named()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: false);
        var folder = Path.GetDirectoryName(saved.PathOf(0, 0))!;
        Directory.CreateSymbolicLink(Path.Combine(folder, "everything"), "/");
        File.Move(saved.PathOf(0, 1), Path.Combine(saved.Folder, "elsewhere"));
        File.CreateSymbolicLink(saved.PathOf(0, 1), Path.Combine(saved.Folder, "elsewhere"));

        var result = await saved.VerifyAsync();

        Assert.Equal([VerificationIssueKind.Unreadable, VerificationIssueKind.Unknown], result.Issues.Select(issue => issue.Kind));
        Assert.Contains("symbolic link", result.Issues.First().Cause!.Message, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(folder, "everything"), result.Issues.Last().Location);
    }

    [Fact(Timeout = 30_000)]
    public async Task Files_of_a_series_without_a_readable_index_are_not_called_unknown()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: false);
        saved.Bucket.Remove(saved.Study.Series[0].MetadataName(TestStore.Prefix));

        var result = await saved.VerifyAsync();

        Assert.Empty(result.Issues);
        Assert.Equal(saved.Study.Series[0].SeriesInstanceUid, Assert.Single(result.Failures).SeriesInstanceUid);
        Assert.False(result.IsIntact);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_study_that_the_store_lacks_is_named()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: false);

        var result = await saved.Cod.VerifyAsync([saved.Study.StudyInstanceUid, "1.2.3"]);

        Assert.Equal("1.2.3", Assert.Single(result.MissingStudies));
        Assert.Equal((13, false), (result.InstancesVerified, result.IsIntact));
    }

    [Fact(Timeout = 30_000)]
    public async Task Progress_ends_with_the_sums_and_never_comes_twice_at_once()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: false);
        saved.Change(0, 1, Bytes.Flip);
        var progress = new Recorder();

        var result = await saved.Cod.VerifyAsync([saved.Study.StudyInstanceUid], progress: progress);

        Assert.Equal(new VerificationProgress(13, result.BytesRead, 1), progress.Reports[^1]);
        Assert.Equal(progress.Reports.OrderBy(report => report.InstancesChecked), progress.Reports);
        Assert.False(progress.CameTwoAtOnce);
    }

    [Fact(Timeout = 30_000)]
    public async Task Missing_permissions_and_wrong_calls_throw()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: false);
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => saved.Cod.VerifyAsync(["../1"]));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => saved.Cod.VerifyAsync([saved.Study.StudyInstanceUid], cancellationToken: canceled.Token));
        saved.Server.Faults.Add(Fault.Status(403));
        await Assert.ThrowsAsync<ObjectStoreException>(() => saved.VerifyAsync());
        saved.Cod.Reset();
        await Assert.ThrowsAsync<InvalidOperationException>(() => saved.VerifyAsync());
    }

    private sealed class Recorder : IProgress<VerificationProgress>
    {
        private int _inside;

        public List<VerificationProgress> Reports { get; } = [];

        public bool CameTwoAtOnce { get; private set; }

        public void Report(VerificationProgress value)
        {
            CameTwoAtOnce |= Interlocked.Increment(ref _inside) != 1;
            Reports.Add(value);
            Interlocked.Decrement(ref _inside);
        }
    }
}
