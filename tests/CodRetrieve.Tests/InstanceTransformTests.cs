using CodRetrieve.IO;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Saving.Transforms;
using CodRetrieve.Tests.Support;
using CodRetrieve.Verification;

namespace CodRetrieve.Tests;

/// <summary>Jobs with a transform: what is saved, what a later run does about it, and what statistics, verification and results say.</summary>
public sealed class InstanceTransformTests : StoreTests
{
    // Small ones, and one that does not fit into the memory of a spool.
    private static readonly SyntheticSeriesOptions[] Plain =
    [
        new() { InstanceCount = 5, InstanceSizeBytes = 20_000, MetadataBytesPerInstance = 0 },
        new() { InstanceSizes = [3_000_000, 1200], Modality = "MR", MetadataBytesPerInstance = 0 },
    ];

    public static TheoryData<SavedForm> Forms => TransformForms.All;

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Forms))]
    public async Task What_the_transform_writes_is_saved_and_results_tell_what_that_is(SavedForm form)
    {
        var study = Put();
        var transform = new InvertingTransform();
        var results = new List<InstanceResult>();

        var result = await DownloadAsync(form, transform, results: results);

        Assert.Equal((JobOutcome.Complete, 7, 0), (result.Outcome, result.InstancesSaved, result.InstancesUpdated));
        await AssertSavedAsync(form, study, transform);
        Assert.All(results, one => Assert.Equal((transform.Identity, true), (one.Transform, one.IsVerified)));
        foreach (var saved in results)
        {
            var bytes = form.Read(Folder.Output)[saved.Instance.SopInstanceUid];
            Assert.Equal((bytes.Length, Crc32C.Append(0, bytes)), (saved.SizeBytes, saved.Crc32c));
            Assert.NotEqual(saved.Instance.SizeBytes, saved.SizeBytes);
            Assert.NotEqual(saved.Instance.Crc32c, saved.Crc32c);
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(Folder.Output, ".codretrieve")), path => Path.GetFileName(path).StartsWith("transform.", StringComparison.Ordinal));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Forms))]
    public async Task A_second_run_fetches_and_transforms_nothing(SavedForm form)
    {
        var study = Put();
        await DownloadAsync(form, new InvertingTransform());
        Store.Server.ClearRequests();
        var transform = new InvertingTransform();

        Assert.Equal(7, (await StatsAsync(form, transform)).InstancesSaved);
        var again = await DownloadAsync(form, transform);

        Assert.Equal((JobOutcome.Complete, 7, 0, 0), (again.Outcome, again.InstancesSkipped, again.InstancesAdopted, again.InstancesSaved));
        Assert.Empty(transform.Calls);
        Assert.Equal(0, TarBytes());
        await AssertSavedAsync(form, study, transform);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Forms))]
    public async Task Another_version_of_the_transform_fetches_and_transforms_all_again(SavedForm form)
    {
        var study = Put();
        await DownloadAsync(form, new InvertingTransform("invert/1"));
        var transform = new InvertingTransform("invert/20");

        Assert.Equal(0, (await StatsAsync(form, transform)).InstancesSaved);
        var result = await DownloadAsync(form, transform);

        Assert.Equal((7, 7, 0), (result.InstancesSaved, result.InstancesUpdated, result.InstancesSkipped));
        await AssertSavedAsync(form, study, transform);
        Assert.Equal(7, (await DownloadAsync(form, transform)).InstancesSkipped);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Forms))]
    public async Task An_instance_that_was_edited_in_the_store_is_transformed_again_and_no_other_is(SavedForm form)
    {
        Put();
        await DownloadAsync(form, new InvertingTransform());
        var after = Put(Plain[0] with { EditedInstances = [3] }, Plain[1]);
        var transform = new InvertingTransform();

        Assert.Equal([VerificationIssueKind.Outdated], (await VerifyAsync(form, transform)).Issues.Select(issue => issue.Kind));
        var result = await DownloadAsync(form, transform);

        Assert.Equal((1, 1, 6), (result.InstancesSaved, result.InstancesUpdated, result.InstancesSkipped));
        Assert.Equal(after.Series[0].Instances[3].SopInstanceUid, Assert.Single(transform.Calls));
        await AssertSavedAsync(form, after, transform);
        Assert.True((await VerifyAsync(form, transform)).IsIntact);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Forms))]
    public async Task Instances_that_were_saved_without_the_transform_are_replaced(SavedForm form)
    {
        var study = Put();
        await DownloadAsync(form, null);
        var transform = new InvertingTransform();

        Assert.Equal(7, (await VerifyAsync(form, transform)).Issues.Count(issue => issue.Kind == VerificationIssueKind.Outdated));
        var result = await DownloadAsync(form, transform);

        Assert.Equal((7, 7), (result.InstancesSaved, result.InstancesUpdated));
        await AssertSavedAsync(form, study, transform);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Forms))]
    public async Task Originals_never_take_the_place_of_what_was_transformed_because_the_transform_was_forgotten(SavedForm form)
    {
        var study = Put();
        var transform = new InvertingTransform();
        await DownloadAsync(form, transform);
        study = Put([.. Plain, new() { InstanceCount = 2 }]);

        await AssertRefusedAsync(() => DownloadAsync(form, null));

        Assert.All((await StatsAsync(form, null)).Series, series => Assert.Equal(SeriesProblem.UnreadableDestination, series.Problem));
        var added = await DownloadAsync(form, transform);
        Assert.Equal((2, 7), (added.InstancesSaved, added.InstancesSkipped));
        await AssertSavedAsync(form, study, transform);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Forms))]
    public async Task Verification_compares_with_the_receipts_whether_or_not_it_is_told_the_transform(SavedForm form)
    {
        Put();
        var transform = new InvertingTransform();
        await DownloadAsync(form, transform);

        foreach (var given in new[] { transform, null })
        {
            var result = await VerifyAsync(form, given);
            Assert.True(result.IsIntact, string.Join('\n', result.Issues));
            Assert.Equal((7, (7 * transform.Identity.Length) + (5 * 20_000) + 3_001_200L), (result.InstancesVerified, result.BytesVerified));
        }

        Assert.All((await VerifyAsync(form, new InvertingTransform("invert/2"))).Issues, issue => Assert.Equal(VerificationIssueKind.Outdated, issue.Kind));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(SavedForm.Folder)]
    [InlineData(SavedForm.Layout)]
    public async Task Damage_to_what_was_transformed_is_found_and_repaired_with_the_transform_only(SavedForm form)
    {
        var study = Put();
        var transform = new InvertingTransform();
        await DownloadAsync(form, transform);
        var paths = Directory.EnumerateFiles(Folder.Output, "*.dcm", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        var time = File.GetLastWriteTimeUtc(paths[0]);
        await File.WriteAllBytesAsync(paths[0], Bytes.Flip(await File.ReadAllBytesAsync(paths[0])));
        File.SetLastWriteTimeUtc(paths[0], time);
        await File.WriteAllBytesAsync(paths[1], (await File.ReadAllBytesAsync(paths[1]))[..^1]);
        File.Delete(paths[2]);

        var found = await VerifyAsync(form, null);

        Assert.Equal(
            [VerificationIssueKind.Missing, VerificationIssueKind.WrongSize, VerificationIssueKind.Corrupt],
            found.Issues.Select(issue => issue.Kind).Order());
        await using (var cod = Open(form, null))
        {
            await AssertRefusedAsync(() => cod.Repair(found).RunAsync());
        }

        await using (var cod = Open(form, transform))
        {
            Assert.Equal(3, (await cod.Repair(found).RunAsync()).InstancesSaved);
        }

        await AssertSavedAsync(form, study, transform);
        Assert.True((await VerifyAsync(form, transform)).IsIntact);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(SavedForm.Folder)]
    [InlineData(SavedForm.Layout)]
    public async Task Files_that_were_copied_without_their_times_are_read_once_and_compared_with_their_receipts(SavedForm form)
    {
        var study = Put();
        await DownloadAsync(form, new InvertingTransform());
        foreach (var path in Directory.EnumerateFiles(Folder.Output, "*.dcm", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        var transform = new InvertingTransform();
        var adopted = await DownloadAsync(form, transform);

        Assert.Equal((7, 7, 0), (adopted.InstancesSkipped, adopted.InstancesAdopted, adopted.InstancesSaved));
        var again = await DownloadAsync(form, transform);
        Assert.Equal((7, 0), (again.InstancesSkipped, again.InstancesAdopted));
        Assert.Empty(transform.Calls);
        await AssertSavedAsync(form, study, transform);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Forms))]
    public async Task Without_receipts_nothing_tells_what_a_file_was_made_of_and_it_is_made_again(SavedForm form)
    {
        var study = Put();
        await DownloadAsync(form, new InvertingTransform());
        Directory.Delete(Path.Combine(Folder.Output, ".codretrieve", "studies"), recursive: true);
        var transform = new InvertingTransform();

        Assert.Equal(7, (await DownloadAsync(form, transform)).InstancesSaved);
        Assert.Equal(7, transform.Calls.Count);
        await AssertSavedAsync(form, study, transform);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Forms))]
    public async Task A_transform_that_throws_fails_its_instance_only_and_a_later_run_tries_again(SavedForm form)
    {
        var study = Put();
        var bad = study.Series[0].Instances[2].SopInstanceUid;
        var transform = new InvertingTransform { InTheMiddle = (instance, _, _) => instance.SopInstanceUid == bad ? throw new FormatException("Doe^John is no date") : Task.CompletedTask };

        var result = await DownloadAsync(form, transform);

        Assert.Equal((JobOutcome.Incomplete, 6, 1), (result.Outcome, result.InstancesSaved, result.InstancesFailed));
        var failure = Assert.Single(result.Failures);
        var exception = Assert.IsType<InstanceTransformException>(failure.Exception);
        Assert.IsType<FormatException>(exception.InnerException);
        Assert.Equal(bad, failure.SopInstanceUid);
        Assert.Contains("the transform 'invert/1' failed: FormatException.", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Doe", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(bad, form.Read(Folder.Output).Keys);

        var working = new InvertingTransform();
        var again = await DownloadAsync(form, working);
        Assert.Equal((1, 6, bad), (again.InstancesSaved, again.InstancesSkipped, Assert.Single(working.Calls)));
        await AssertSavedAsync(form, study, working);
    }

    [Fact(Timeout = 60_000)]
    public async Task Bytes_that_do_not_match_their_checksum_never_reach_the_transform()
    {
        var study = Put(Plain[0] with { CorruptInstances = [1] }, Plain[1]);
        var transform = new InvertingTransform();

        var result = await DownloadAsync(SavedForm.Folder, transform);

        Assert.Equal((6, 1), (result.InstancesSaved, result.InstancesFailed));
        Assert.IsType<InstanceIntegrityException>(Assert.Single(result.Failures).Exception);
        Assert.DoesNotContain(study.Series[0].Instances[1].SopInstanceUid, transform.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_transform_may_read_anywhere_or_not_at_all_and_close_both_streams()
    {
        var study = Put();
        var transform = new InvertingTransform
        {
            InTheMiddle = static async (_, source, target) =>
            {
                Assert.Equal((true, false, false, true), (source.CanSeek, source.CanWrite, target.CanSeek, target.CanWrite));
                var length = source.Length;
                source.Seek(-4, SeekOrigin.End);
                await source.ReadExactlyAsync(new byte[4]);
                Assert.Equal(length, source.Position);
                Assert.Throws<NotSupportedException>(() => source.WriteByte(0));
                Assert.Throws<NotSupportedException>(() => target.Position = 0);
                await source.DisposeAsync();
                await target.DisposeAsync();
                source.Position = source.Length;
            },
        };

        var result = await DownloadAsync(SavedForm.Folder, transform);

        Assert.Equal((JobOutcome.Complete, 7), (result.Outcome, result.InstancesSaved));
        Assert.All(SavedForm.Folder.Read(Folder.Output).Values, bytes => Assert.InRange(bytes.Length, 1, 7919 + transform.Identity.Length));
        Assert.Equal(7, study.Series.Sum(series => series.Instances.Count));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_result_without_bytes_is_a_failure()
    {
        Put();

        var result = await DownloadAsync(SavedForm.Folder, new SilentTransform());

        Assert.Equal((0, 7), (result.InstancesSaved, result.InstancesFailed));
        Assert.All(result.Failures, failure => Assert.Contains("wrote nothing", Assert.IsType<InstanceTransformException>(failure.Exception).Message, StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_transform_ends_the_job_by_an_exception_that_says_so()
    {
        Put();
        var transform = new InvertingTransform { InTheMiddle = static (_, _, _) => throw new DestinationException(DestinationFailure.NotWritable, "the key is gone") };

        var failed = await Assert.ThrowsAsync<JobFailedException>(() => DownloadAsync(SavedForm.Folder, transform));

        Assert.Equal("the key is gone", Assert.IsType<DestinationException>(failed.InnerException).Message);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(ExistingFilePolicy.Keep)]
    [InlineData(ExistingFilePolicy.Fail)]
    public async Task What_another_version_made_is_kept_or_fails_as_the_policy_says(ExistingFilePolicy policy)
    {
        var study = Put();
        var first = new InvertingTransform("invert/1");
        await DownloadAsync(SavedForm.Folder, first);

        var result = await DownloadAsync(SavedForm.Folder, new InvertingTransform("invert/2"), options => options.ExistingFilePolicy = policy);

        Assert.Equal(policy == ExistingFilePolicy.Keep ? (7, 0, 0) : (0, 0, 7), (result.InstancesSkipped, result.InstancesSaved, result.InstancesFailed));
        Assert.All(result.Failures, failure => Assert.Contains("'invert/2'", failure.Exception.Message, StringComparison.Ordinal));
        Assert.All(policy == ExistingFilePolicy.Keep ? result.Series : [], series => Assert.Contains("are kept", Assert.Single(series.Warnings), StringComparison.Ordinal));
        await AssertSavedAsync(SavedForm.Folder, study, first);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Forms))]
    public async Task Where_the_index_has_no_checksums_another_generation_of_the_tar_is_transformed_again(SavedForm form)
    {
        var study = Put(Plain[0] with { NoCrc32c = true });
        var transform = new InvertingTransform();
        await DownloadAsync(form, transform);
        await AssertSavedAsync(form, study, transform);
        Assert.Equal(5, (await DownloadAsync(form, transform)).InstancesSkipped);
        Assert.Equal(5, (await VerifyAsync(form, transform)).InstancesVerified);

        var after = Put(Plain[0] with { NoCrc32c = true, EditedInstances = [2] });
        Assert.Equal(5, (await DownloadAsync(form, transform)).InstancesSaved);
        await AssertSavedAsync(form, after, transform);
    }

    private SyntheticStudy Put(params SyntheticSeriesOptions[] series)
    {
        var study = new SyntheticStudy(seed: 1);
        foreach (var one in series.Length == 0 ? Plain : series)
        {
            study.AddSeries(one);
        }

        return Store.Put(study);
    }

    private CodDownload Open(SavedForm form, IInstanceTransform? transform, Action<CodDownloadOptions>? change = null) => Store.Open(Folder.Output, options =>
    {
        options.Transform = transform;
        form.Apply(options);
        change?.Invoke(options);
    });

    private async Task<JobResult> DownloadAsync(SavedForm form, IInstanceTransform? transform, Action<CodDownloadOptions>? change = null, List<InstanceResult>? results = null)
    {
        await using var cod = Open(form, transform, change);
        var job = cod.CreateWatchedJob([new SyntheticStudy(seed: 1).StudyInstanceUid], form.Format());
        job.Saved += (_, args) => results?.Add(args.Result);
        return await job.RunAsync();
    }

    private async Task<DownloadStats> StatsAsync(SavedForm form, IInstanceTransform? transform)
    {
        await using var cod = Open(form, transform);
        return await cod.GetStatsAsync([new SyntheticStudy(seed: 1).StudyInstanceUid], form.Format());
    }

    private async Task<VerificationResult> VerifyAsync(SavedForm form, IInstanceTransform? transform)
    {
        await using var cod = Open(form, transform);
        return await cod.VerifyAsync([new SyntheticStudy(seed: 1).StudyInstanceUid], form.Format());
    }

    private static async Task AssertRefusedAsync(Func<Task> run)
    {
        var failed = await Assert.ThrowsAsync<JobFailedException>(run);
        Assert.Equal((JobOutcome.Failed, 0), (failed.Result.Outcome, failed.Result.InstancesSaved));
        var cause = Assert.IsType<DestinationException>(failed.InnerException);
        Assert.Equal(DestinationFailure.OtherTransform, cause.Reason);
        Assert.Contains("'invert/1'", cause.Message, StringComparison.Ordinal);
    }

    private long TarBytes() => Store.Server.MediaBytesSent(name => name.EndsWith(".tar", StringComparison.Ordinal));

    private async Task AssertSavedAsync(SavedForm form, SyntheticStudy study, InvertingTransform transform)
    {
        var saved = form.Read(Folder.Output);
        var expected = study.Series.SelectMany(series => series.Instances).ToList();
        Assert.Equal(expected.Select(instance => instance.SopInstanceUid).Order(StringComparer.Ordinal), saved.Keys.Order(StringComparer.Ordinal));
        foreach (var instance in expected)
        {
            var bytes = transform.Of(await instance.Content.ReadAllAsync());
            Assert.True(bytes.AsSpan().SequenceEqual(saved[instance.SopInstanceUid]), instance.SopInstanceUid);
        }
    }

    private sealed class SilentTransform : IInstanceTransform
    {
        public string Identity => "silent/1";

        public ValueTask TransformAsync(InstanceInfo instance, Stream source, Stream target, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
