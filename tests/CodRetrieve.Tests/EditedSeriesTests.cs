using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests;

/// <summary>Series that are edited in the store under the same UIDs after they were saved: what is saved must be what the store lists now.</summary>
public sealed class EditedSeriesTests : StoreTests
{
    private static readonly SyntheticSeriesOptions Plain = new() { InstanceCount = 10, MetadataBytesPerInstance = 0 };

    [Theory(Timeout = 30_000)]
    [InlineData(OutputFormat.Folder)]
    [InlineData(OutputFormat.Zip)]
    public async Task An_instance_edited_without_a_change_of_size_is_fetched_again_and_its_old_bytes_are_gone(OutputFormat format)
    {
        var before = Put(Plain);
        await DownloadAsync(format);
        var after = Put(Plain with { EditedInstances = [3] });
        Assert.Equal(before.Series[0].Instances[3].SizeBytes, after.Series[0].Instances[3].SizeBytes);

        Assert.Equal(9, (await StatsAsync(format)).InstancesSaved);
        var result = await DownloadAsync(format);

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal((1, 1, 9, 0), (result.InstancesSaved, result.InstancesUpdated, result.InstancesSkipped, result.InstancesAdopted));
        AssertSaved(after, format);

        // The edit may have been a redaction.
        var pixels = Bytes(before.Series[0].Instances[3]).AsSpan(^1000..).ToArray();
        Assert.DoesNotContain(Directory.EnumerateFiles(Folder.Path, "*", SearchOption.AllDirectories), file => File.ReadAllBytes(file).AsSpan().IndexOf(pixels) >= 0);
        await AssertNothingToDoAsync(after, format);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(OutputFormat.Folder)]
    [InlineData(OutputFormat.Zip)]
    public async Task Edits_of_every_kind_are_followed(OutputFormat format)
    {
        Put(Plain);
        await DownloadAsync(format);

        // Another size; one instance more; another order in the tar with other offsets, of which nothing need be fetched.
        var sizes = Enumerable.Repeat(Plain.InstanceSizeBytes, 10).ToArray();
        sizes[4] += 100;
        var resized = Put(Plain with { InstanceSizes = sizes });
        Assert.Equal((1, 1, 9), await CountsAsync(format));
        AssertSaved(resized, format);

        var longer = Put(Plain with { InstanceSizes = [.. sizes, Plain.InstanceSizeBytes] });
        Assert.Equal((1, 0, 10), await CountsAsync(format));
        AssertSaved(longer, format);

        Put(Plain with { InstanceSizes = [.. sizes, Plain.InstanceSizeBytes], ScrambledOrder = true });
        await AssertNothingToDoAsync(longer, format);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(OutputFormat.Folder)]
    [InlineData(OutputFormat.Zip)]
    public async Task An_instance_that_the_store_no_longer_lists_is_named_and_kept(OutputFormat format)
    {
        var before = Put(Plain);
        await DownloadAsync(format);
        Put(Plain with { RemovedInstances = [2, 7] });

        var stats = await StatsAsync(format);

        var removed = new[] { before.Series[0].Instances[2].SopInstanceUid, before.Series[0].Instances[7].SopInstanceUid };
        Assert.Equal(removed.Order(StringComparer.Ordinal), Assert.Single(stats.Series).UnlistedInstances);
        Assert.Equal((0, 0, 8), await CountsAsync(format));
        AssertSaved(before, format);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(OutputFormat.Folder)]
    [InlineData(OutputFormat.Zip)]
    public async Task Without_checksums_in_the_index_another_generation_of_the_tar_is_fetched_again(OutputFormat format)
    {
        var options = Plain with { NoCrc32c = true };
        Put(options);
        await DownloadAsync(format);
        Assert.Equal((0, 0, 10), await CountsAsync(format));

        var after = Put(options with { EditedInstances = [0, 9] });

        Assert.Equal((10, 10, 0), await CountsAsync(format));
        AssertSaved(after, format);
        Assert.Equal((0, 0, 10), await CountsAsync(format));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(OutputFormat.Folder)]
    [InlineData(OutputFormat.Zip)]
    public async Task What_is_there_without_a_receipt_is_read_once_and_adopted_or_replaced(OutputFormat format)
    {
        Put(Plain);
        await DownloadAsync(format);
        Directory.Delete(Path.Combine(Folder.Path, ".codretrieve"), recursive: true);
        var after = Put(Plain with { EditedInstances = [1, 5] });

        var result = await DownloadAsync(format);

        Assert.Equal((2, 2, 8, 8), (result.InstancesSaved, result.InstancesUpdated, result.InstancesSkipped, result.InstancesAdopted));
        AssertSaved(after, format);
        await AssertNothingToDoAsync(after, format);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(OutputFormat.Folder)]
    [InlineData(OutputFormat.Zip)]
    public async Task A_policy_says_what_happens_to_what_exists(OutputFormat format)
    {
        var before = Put(Plain);
        await DownloadAsync(format);
        var after = Put(Plain with { EditedInstances = [3] });

        var kept = await DownloadAsync(format, ExistingFilePolicy.Keep);
        Assert.Equal((JobOutcome.Complete, 0, 10), (kept.Outcome, kept.InstancesSaved, kept.InstancesSkipped));
        Assert.Contains("1 instances are there with other bytes", Assert.Single(Assert.Single(kept.Series).Warnings), StringComparison.Ordinal);
        AssertSaved(before, format);

        var refused = await DownloadAsync(format, ExistingFilePolicy.Fail);
        Assert.Equal((JobOutcome.Incomplete, 0, 9, 1), (refused.Outcome, refused.InstancesSaved, refused.InstancesSkipped, refused.InstancesFailed));
        Assert.Contains("is not replaced", Assert.Single(refused.Failures).Exception.Message, StringComparison.Ordinal);
        AssertSaved(before, format);

        Assert.Equal((1, 1, 9), await CountsAsync(format));
        AssertSaved(after, format);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_that_was_changed_in_place_is_fetched_again()
    {
        var study = Put(Plain);
        await DownloadAsync(OutputFormat.Folder);
        var file = Directory.EnumerateFiles(Folder.Path, "*.dcm", SearchOption.AllDirectories).First();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        Assert.Equal((1, 1, 9), await CountsAsync(OutputFormat.Folder));
        AssertSaved(study, OutputFormat.Folder);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_copy_of_the_folder_is_adopted_whether_the_receipts_came_with_it_or_not()
    {
        var study = Put(Plain);
        await DownloadAsync(OutputFormat.Folder);
        foreach (var file in Directory.EnumerateFiles(Folder.Path, "*.dcm", SearchOption.AllDirectories))
        {
            // As a copy without times does it.
            File.SetLastWriteTimeUtc(file, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        var result = await DownloadAsync(OutputFormat.Folder);

        Assert.Equal((0, 10, 10, 0L), (result.InstancesSaved, result.InstancesSkipped, result.InstancesAdopted, result.BytesDownloaded));
        await AssertNothingToDoAsync(study, OutputFormat.Folder);
    }

    private static byte[] Bytes(SyntheticInstance instance)
    {
        using var content = instance.OpenRead();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private SyntheticStudy Put(SyntheticSeriesOptions options)
    {
        var study = new SyntheticStudy(seed: 21);
        study.AddSeries(options);
        return Store.Put(study);
    }

    private static string Uid => new SyntheticStudy(seed: 21).StudyInstanceUid;

    private async Task<JobResult> DownloadAsync(OutputFormat format, ExistingFilePolicy policy = ExistingFilePolicy.VerifyAndReplace)
    {
        await using var cod = Store.Open(Folder.Path, options => options.ExistingFilePolicy = policy);
        return await cod.CreateWatchedJob([Uid], format).RunAsync();
    }

    private async Task<(int Saved, int Updated, int Skipped)> CountsAsync(OutputFormat format)
    {
        var result = await DownloadAsync(format);
        Assert.Equal(JobOutcome.Complete, result.Outcome);
        return (result.InstancesSaved, result.InstancesUpdated, result.InstancesSkipped);
    }

    private async Task<DownloadStats> StatsAsync(OutputFormat format)
    {
        await using var cod = Store.Open(Folder.Path);
        return await cod.GetStatsAsync([Uid], format);
    }

    private async Task AssertNothingToDoAsync(SyntheticStudy study, OutputFormat format)
    {
        var stats = await StatsAsync(format);
        Assert.Equal(stats.InstancesTotal, stats.InstancesSaved);
        var result = await DownloadAsync(format);
        Assert.Equal((0, 0, 0L), (result.InstancesSaved, result.InstancesAdopted, result.BytesDownloaded));
        Assert.Equal(stats.InstancesTotal, result.InstancesSkipped);
        AssertSaved(study, format);
    }

    private void AssertSaved(SyntheticStudy study, OutputFormat format) =>
        Assert.Equal(study.Expected(), SavedFiles.In(Folder.Path, format == OutputFormat.Zip));
}
