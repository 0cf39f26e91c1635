using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using CodRetrieve.Verification;

namespace CodRetrieve.Tests.Verification;

public sealed class RepairTests
{
    private const long TarOverhead = 1536;

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Just_what_was_found_is_fetched_and_replaced(bool zip)
    {
        await using var saved = await SavedStudy.CreateAsync(zip);
        saved.Delete(0, 0);
        saved.Change(0, 1, bytes => bytes[..^1]);
        saved.Change(0, 2, Bytes.Flip);

        var repair = await saved.RepairAsync(await saved.VerifyAsync());

        Assert.Equal((JobOutcome.Complete, 3, 10), (repair.Outcome, repair.InstancesSaved, repair.InstancesSkipped));
        Assert.InRange(saved.TarBytesSent(), 3 * 20_000, 3 * (20_000 + TarOverhead + 512));
        Assert.Equal(saved.Study.Expected(), SavedFiles.In(saved.Folder, zip));
        Assert.True((await saved.VerifyAsync()).IsIntact);
        Assert.Empty(Directory.EnumerateFiles(saved.Folder, "*.damaged*"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unknown_files_stay(bool zip)
    {
        await using var saved = await SavedStudy.CreateAsync(zip);
        saved.Delete(0, 0);
        saved.Add($"{saved.Study.Series[0].SeriesInstanceUid}/instances/1.2.3.dcm", [1, 2, 3]);

        await saved.RepairAsync(await saved.VerifyAsync());

        var left = Assert.Single((await saved.VerifyAsync()).Issues);
        Assert.Equal(VerificationIssueKind.Unknown, left.Kind);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_corrupt_file_stays_in_its_place_as_long_as_no_replacement_is_verified()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: false);
        saved.Change(0, 2, Bytes.Flip);
        var corrupt = await File.ReadAllBytesAsync(saved.PathOf(0, 2));
        var found = await saved.VerifyAsync();
        var rotten = new SyntheticStudy(seed: 1);
        rotten.AddSeries(new() { InstanceCount = 10, InstanceSizeBytes = 20_000, CorruptInstances = [2] });
        rotten.PutInto(saved.Bucket, TestStore.Prefix);

        var repair = await saved.RepairAsync(found);

        Assert.Equal((JobOutcome.Incomplete, 1), (repair.Outcome, repair.InstancesFailed));
        Assert.Equal(corrupt, await File.ReadAllBytesAsync(saved.PathOf(0, 2)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_zip_that_cannot_be_read_is_kept_and_written_again()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: true);
        var bytes = await File.ReadAllBytesAsync(saved.ZipPath);
        await File.WriteAllBytesAsync(saved.ZipPath, bytes[..^30]);

        var repair = await saved.RepairAsync(await saved.VerifyAsync());

        Assert.Equal((JobOutcome.Complete, 13), (repair.Outcome, repair.InstancesSaved));
        Assert.True(File.Exists(saved.ZipPath + ".damaged"));
        Assert.True((await saved.VerifyAsync()).IsIntact);
    }

    [Fact(Timeout = 30_000)]
    public async Task Where_nothing_is_to_repair_nothing_is_asked_for()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: false);
        var found = await saved.VerifyAsync();
        saved.Server.ClearRequests();

        var repair = await saved.RepairAsync(found);

        Assert.Equal((JobOutcome.Complete, 0), (repair.Outcome, repair.InstancesSaved));
        Assert.Empty(saved.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_instance_saved_since_by_someone_else_is_still_replaced_by_a_verified_one()
    {
        await using var saved = await SavedStudy.CreateAsync(zip: false);
        saved.Delete(1, 0);
        var found = await saved.VerifyAsync();
        await File.WriteAllBytesAsync(saved.PathOf(1, 0), new byte[300_000]);

        await saved.RepairAsync(found);

        Assert.True((await saved.VerifyAsync()).IsIntact);
    }
}
