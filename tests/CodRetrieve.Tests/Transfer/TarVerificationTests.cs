using System.Text;
using System.Text.Json.Nodes;
using CodRetrieve.Saving;
using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Checksum = CodRetrieve.IO.Crc32C;

namespace CodRetrieve.Tests.Transfer;

/// <summary>Series whose index lacks CRC32Cs: the tar as a whole is proved first.</summary>
public sealed class TarVerificationTests
{
    private const int Instances = 8;

    [Fact(Timeout = 30_000)]
    public async Task A_tar_that_is_as_listed_verifies_its_instances()
    {
        var (store, study) = await StoreAsync(_ => true);
        var counting = new CountingStore(store);

        var (result, found, saved) = await RetrieveAsync(counting);

        // The index gives none, whatever was checked.
        Assert.Equal((JobOutcome.Complete, Instances), (result.Outcome, result.InstancesUnverified));
        Assert.Equal(study.Expected(), found);
        Assert.All(saved, args => Assert.False(args.Result.IsVerified));
        Assert.All(saved, args => Assert.Equal(study.Series[0].Instances.Single(one => one.SopInstanceUid == args.Result.Instance.SopInstanceUid).Crc32c, args.Result.Instance.ExpectedCrc32c));
        // Once for the proof, and once to save.
        var tar = study.Series[0].Tar.Length;
        Assert.InRange(result.BytesDownloaded, tar + (Instances * 20_000), 2 * tar);
        Assert.Equal(result.BytesDownloaded, counting.BytesRead.Single(pair => IsTar(pair.Key)).Value);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bit_flipped_on_the_wire_while_the_tar_is_verified_is_noticed_and_the_tar_read_again()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 4);
        study.AddSeries(new() { InstanceCount = Instances, InstanceSizeBytes = 20_000, NoCrc32c = true });
        store.Put(study);
        store.Server.Faults.Add(Fault.FlipBit(70_000), RequestKind.Media, IsTar, times: 1);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal((JobOutcome.Complete, Instances), (result.Outcome, result.InstancesUnverified));
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
        Assert.Equal(3, store.Server.Requests.Count(request => request.ObjectName is { } name && IsTar(name)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bit_flipped_on_the_wire_after_the_tar_was_verified_is_noticed()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 4);
        study.AddSeries(new() { InstanceCount = Instances, InstanceSizeBytes = 20_000, NoCrc32c = true });
        store.Put(study);
        store.Server.Faults.Add(Fault.FlipBit(70_000), RequestKind.Media, IsTar, times: 1, skip: 1);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_corrupt_tar_fails_those_without_a_crc_with_both_values_and_saves_the_others(bool zip)
    {
        var (store, study) = await StoreAsync(instance => instance % 2 == 0, rotten: true);
        var counting = new CountingStore(store);

        var (result, found, _) = await RetrieveAsync(counting, zip: zip);

        var (content, item) = store.Objects[study.Series[0].TarName(TestStore.Prefix)];
        var (listed, stored) = (item.Crc32c!.Value, Checksum.Append(0, content));
        Assert.NotEqual(listed, stored);
        Assert.Equal(Instances / 2, result.InstancesFailed);
        Assert.All(result.Failures, failure =>
        {
            var cause = Assert.IsType<InstanceIntegrityException>(failure.Exception);
            Assert.Equal((listed, stored), (cause.ExpectedCrc32c!.Value, cause.ActualCrc32c!.Value));
        });
        Assert.Equal(
            study.Series[0].Instances.Where((_, i) => i % 2 == 0).Select(instance => instance.SopInstanceUid).Order(StringComparer.Ordinal),
            result.Failures.Select(failure => failure.SopInstanceUid).Order(StringComparer.Ordinal));
        Assert.Equal(study.Series[0].Instances.Where((_, i) => i % 2 == 1).Select(instance => instance.Sha256).Order(StringComparer.Ordinal), found.Values.Order(StringComparer.Ordinal));
        Assert.InRange(result.BytesDownloaded, 3 * study.Series[0].Tar.Length, 4 * study.Series[0].Tar.Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_checksum_of_the_tar_only_the_sizes_are_checked()
    {
        var (store, study) = await StoreAsync(_ => true);
        var (name, (content, item)) = store.Objects.Single(pair => IsTar(pair.Key));
        store.Objects[name] = (content, item with { Crc32c = null });

        var (result, found, saved) = await RetrieveAsync(store);

        Assert.Equal((JobOutcome.Complete, Instances), (result.Outcome, result.InstancesUnverified));
        Assert.Equal(study.Expected(), found);
        Assert.All(saved, args => Assert.False(args.Result.IsVerified));
        Assert.InRange(result.BytesDownloaded, 1, study.Series[0].Tar.Length);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_offset_that_leads_to_another_whole_instance_does_not_count_without_a_crc(bool hasTarCrc)
    {
        var (store, study) = await StoreAsync(_ => true);
        var series = study.Series[0];
        var index = JsonNode.Parse(store.Objects[series.MetadataName(TestStore.Prefix)].Content)!;
        var instances = index["cod"]!["instances"]!.AsObject();
        var (one, other) = (instances[series.Instances[1].SopInstanceUid]!["headers"]!, instances[series.Instances[4].SopInstanceUid]!["headers"]!);
        instances[series.Instances[1].SopInstanceUid]!["headers"] = other.DeepClone();
        instances[series.Instances[4].SopInstanceUid]!["headers"] = one.DeepClone();
        store.Put(series.MetadataName(TestStore.Prefix), Encoding.UTF8.GetBytes(index.ToJsonString()));
        if (!hasTarCrc)
        {
            var (name, (content, item)) = store.Objects.Single(pair => IsTar(pair.Key));
            store.Objects[name] = (content, item with { Crc32c = null });
        }

        var (result, found, _) = await RetrieveAsync(store);

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(study.Expected(), found);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_folder_as_store_has_no_checksums_and_verifies_nothing()
    {
        using var folder = new TempFolder();
        var (store, study) = await StoreAsync(_ => true);
        foreach (var (name, (content, _)) in store.Objects)
        {
            var path = Path.Combine(folder.Path, "store", name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, content);
        }

        await using var cod = new CodDownload();
        cod.InitDirectory(Path.Combine(folder.Path, "out"));
        cod.InitBucket(new Uri(Path.Combine(folder.Path, "store", TestStore.Prefix)).AbsoluteUri);
        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal((JobOutcome.Complete, Instances), (result.Outcome, result.InstancesUnverified));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_saved_already_needs_no_verified_tar()
    {
        var (store, study) = await StoreAsync(instance => instance < 2);
        var series = study.Series[0];
        var handler = new MemorySaveHandler();
        foreach (var instance in series.Instances.Take(2))
        {
            handler.Saved[$"{study.StudyInstanceUid}/{series.SeriesInstanceUid}/{instance.SopInstanceUid}"] = instance.Sha256;
        }

        var (result, _, _) = await RetrieveAsync(store, handler);

        Assert.Equal((2, Instances - 2, 0), (result.InstancesSkipped, result.InstancesSaved, result.InstancesUnverified));
        Assert.InRange(result.BytesDownloaded, 1, series.Tar.Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_resumed_job_verifies_what_is_left()
    {
        var (store, study) = await StoreAsync(_ => true);
        var series = study.Series[0];
        var handler = new MemorySaveHandler();
        foreach (var instance in series.Instances.Take(5))
        {
            handler.Saved[$"{study.StudyInstanceUid}/{series.SeriesInstanceUid}/{instance.SopInstanceUid}"] = instance.Sha256;
        }

        var (result, _, _) = await RetrieveAsync(store, handler);

        Assert.Equal((5, Instances - 5, Instances - 5), (result.InstancesSkipped, result.InstancesSaved, result.InstancesUnverified));
        Assert.Equal(study.Expected(), handler.Saved.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.InRange(result.BytesDownloaded, series.Tar.Length + (3 * 20_000), series.Tar.Length + (4 * 22_000));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tar_does_not_verify_bytes_that_do_not_follow_their_own_header()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 4);
        study.AddSeries(new() { InstanceCount = 3, InstanceSizeBytes = 20_000, NoCrc32c = true, ShiftedOffsets = 512 });
        store.Put(study);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);

        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        var saved = new List<InstanceInfo>();
        job.Saved += (_, args) => saved.Add(args.Result.Instance);

        Assert.Equal(3, (await job.RunAsync()).InstancesSaved);
        Assert.All(saved, instance => Assert.Null(instance.ExpectedCrc32c));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tar_that_cannot_be_read_whole_fails_those_without_a_crc_and_saves_the_others()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 4);
        var series = study.AddSeries(new() { InstanceCount = 4, InstanceSizeBytes = 20_000 });
        store.Put(study);
        store.Bucket.Put(series.MetadataName(TestStore.Prefix), Index(study, instance => instance == 3));
        store.Server.Faults.Add(new FaultRule(Fault.Status(503)) { ObjectName = IsTar, When = request => request.Range!.StartsWith("bytes=0-", StringComparison.Ordinal) });
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxRetryAttempts = 1);

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        var failure = Assert.Single(result.Failures);
        Assert.Equal(series.Instances[3].SopInstanceUid, failure.SopInstanceUid);
        Assert.Equal(ObjectStoreFailure.Unavailable, Assert.IsType<ObjectStoreException>(failure.Exception).Reason);
        Assert.Equal(3, SavedFiles.InFolder(folder.Path).Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tar_overwritten_while_it_is_verified_is_read_again()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 4);
        study.AddSeries(new() { InstanceCount = 4, InstanceSizeBytes = 200_000, NoCrc32c = true });
        store.Put(study);
        store.Server.Faults.Add(Fault.CloseAfter(300_000), RequestKind.Media, IsTar, times: 1);
        // The second request of the tar finds another generation.
        store.Server.Faults.Add(new FaultRule(Fault.FlipBit(long.MaxValue))
        {
            ObjectName = IsTar,
            Times = 1,
            When = _ =>
            {
                store.Put(study);
                return true;
            },
        });
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal((JobOutcome.Complete, 4), (result.Outcome, result.InstancesUnverified));
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_ends_the_verification_of_a_tar_at_once()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 4);
        study.AddSeries(new() { InstanceCount = 4, InstanceSizeBytes = 200_000, NoCrc32c = true });
        store.Put(study);
        store.Server.Faults.Add(Fault.StallAfter(300_000), RequestKind.Media, IsTar);
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path);
        using var cancel = new CancellationTokenSource();
        var running = cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync(cancel.Token);
        await store.Server.WaitForRequestAsync(request => request.BytesSent == 300_000);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(SavedFiles.InFolder(folder.Path));
    }

    [Fact(Timeout = 30_000)]
    public async Task Verifying_a_tar_holds_back_no_other_series()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 4);
        var slow = study.AddSeries(new() { InstanceCount = 4, InstanceSizeBytes = 200_000, NoCrc32c = true });
        var other = study.AddSeries(new() { InstanceCount = 4, InstanceSizeBytes = 200_000 });
        store.Put(study);
        store.Server.Faults.Add(Fault.StallAfter(300_000), RequestKind.Media, name => name == slow.TarName(TestStore.Prefix));
        using var folder = new TempFolder();
        await using var cod = store.Open(folder.Path, options => options.MaxConnections = 2);
        using var cancel = new CancellationTokenSource();
        var job = cod.CreateWatchedJob([study.StudyInstanceUid]);
        var extracted = new TaskCompletionSource<string>();
        job.Extracted += (_, args) => extracted.TrySetResult(args.Series.SeriesInstanceUid);
        var running = job.RunAsync(cancel.Token);

        Assert.Equal(other.SeriesInstanceUid, await extracted.Task);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static bool IsTar(string name) => name.EndsWith(".tar", StringComparison.Ordinal);

    private static async Task<(MemoryStore Store, SyntheticStudy Study)> StoreAsync(Func<int, bool> lacksCrc, bool rotten = false)
    {
        var study = new SyntheticStudy(seed: 4);
        var series = study.AddSeries(new() { InstanceCount = Instances, InstanceSizeBytes = 20_000 });
        var tar = (await series.Tar.ReadAllAsync(CancellationToken.None)).ToArray();
        var stored = (byte[])tar.Clone();
        if (rotten)
        {
            stored[series.Instances[2].StartByte + 5_000] ^= 1;
        }

        var store = new MemoryStore();
        store.Put(series.TarName(TestStore.Prefix), stored, listedAs: tar);
        store.Put(series.MetadataName(TestStore.Prefix), Index(study, lacksCrc));
        return (store, study);
    }

    private static byte[] Index(SyntheticStudy study, Func<int, bool> lacksCrc)
    {
        var json = new MemoryStream();
        study.Series[0].WriteMetadata(json, TestStore.BucketName, TestStore.Prefix);
        var index = JsonNode.Parse(json.ToArray())!;
        var instances = index["cod"]!["instances"]!;
        foreach (var (instance, i) in study.Series[0].Instances.Select((instance, i) => (instance, i)).Where(one => lacksCrc(one.i)))
        {
            instances[instance.SopInstanceUid]!.AsObject().Remove("crc32c");
        }

        return Encoding.UTF8.GetBytes(index.ToJsonString());
    }

    private static async Task<(JobResult Result, SortedDictionary<string, string> Found, IReadOnlyList<InstanceSavedEventArgs> Saved)> RetrieveAsync(
        IObjectStore store, ISaveHandler? handler = null, bool zip = false)
    {
        using var folder = new TempFolder();
        await using var cod = new CodDownload(new CodDownloadOptions { LoggerFactory = LeakWatch.Loggers(), RetryDelay = TimeSpan.FromMilliseconds(1) });
        cod.InitDirectory(folder.Path);
        cod.InitBucket(store, TestStore.Prefix);
        var study = new SyntheticStudy(seed: 4).StudyInstanceUid;
        var job = handler is null ? cod.CreateWatchedJob([study], zip ? OutputFormat.Zip : OutputFormat.Folder) : cod.CreateWatchedJob([study], handler);
        var recorder = new JobRecorder(job);
        var result = await job.RunAsync();
        return (result, SavedFiles.In(folder.Path, zip), [.. recorder.Of<InstanceSavedEventArgs>()]);
    }
}
