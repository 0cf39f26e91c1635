using CodRetrieve.DicomWeb.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.DicomWeb.Tests;

/// <summary>Whole jobs that deliver to a stand-in receiver.</summary>
public sealed class StowSaveHandlerTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_study_is_delivered_byte_for_byte_and_the_next_run_sends_nothing()
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 30, series: 4);

        var (result, counts) = await site.SendAsync(study);

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(120, counts.Of(DeliveryOutcome.Stored));
        site.AssertDelivered(study);
        Assert.All(site.Stores, request => Assert.True(request.ContentLength > 0));
        Assert.All(site.Stores, request => Assert.StartsWith("multipart/related; type=\"application/dicom\"; boundary=", request.ContentType, StringComparison.Ordinal));
        Assert.Equal(120, site.Stores.Sum(request => request.PartCount));

        var sent = site.Stores.Count();
        var (again, none) = await site.SendAsync(study);
        Assert.Equal((JobOutcome.Complete, 120), (again.Outcome, again.InstancesSkipped));
        Assert.Equal(sent, site.Stores.Count());
        Assert.Equal("", none.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Instances_are_matched_by_the_UIDs_in_the_files_where_the_store_hashes_them()
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(hashed: true);

        var (result, _) = await site.SendAsync(study, options => (options.ReceiptDirectory, options.Verification) = (site.Folder.Path, DeliveryVerification.Bytes));

        Assert.Equal((JobOutcome.Complete, 8), (result.Outcome, result.InstancesSaved));
        Assert.DoesNotContain(study.Series[0].Instances, one => site.Receiver.Instances.ContainsKey(one.SopInstanceUid));
        site.AssertDelivered(study);
        var (again, _) = await site.SendAsync(study, options => options.ReceiptDirectory = site.Folder.Path);
        Assert.Equal(8, again.InstancesSkipped);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_waits_while_a_request_is_under_way_goes_into_one_batch()
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 12);
        await site.SendAsync(study);
        var series = CodModelFactory.Series(study.StudyInstanceUid, "1.2.3", instances: site.Receiver.Instances.Select(pair => (pair.Key, (long?)pair.Value.Length, (uint?)null)));
        await using var receiver = await DicomWebReceiver.StartAsync();
        var gate = new TaskCompletionSource();
        receiver.Fail(ReceiverFault.Delay(gate.Task));
        receiver.Fail(ReceiverFault.ListFirstOnly());
        var options = Delivering.OptionsFor(receiver.ServiceUrl);
        options.MaxRequests = 1;
        using var handler = new StowSaveHandler(options);

        var first = SaveAsync(series.Instances[0]);
        while (receiver.Requests.Count == 0)
        {
            await Task.Yield();
        }

        var others = series.Instances.Skip(1).Select(SaveAsync).ToList();
        Assert.All(others, one => Assert.False(one.IsCompleted));
        gate.SetResult();
        await Task.WhenAll([first, .. others]);

        Assert.Equal([1, 11], receiver.Requests.Where(request => request.Method == "POST").Select(request => request.PartCount!.Value));
        Assert.Equal((2L, 10L), (handler.Counts.Of(DeliveryOutcome.Stored), handler.Counts.Of(DeliveryOutcome.AlreadyThere)));
        Assert.Equal(12, receiver.Instances.Count);

        Task<string> SaveAsync(InstanceInfo instance) =>
            handler.SaveAsync(instance, new MemoryStream(site.Receiver.Instances[instance.SopInstanceUid]), CancellationToken.None).AsTask();
    }

    [Fact(Timeout = 60_000)]
    public async Task Batches_keep_their_bounds()
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 1, series: 20, bytes: 10_000);

        await site.SendAsync(study, options => (options.MaxBatchBytes, options.MaxBatchInstances, options.MaxRequests) = (25_000, 2, 1));

        site.AssertDelivered(study);
        Assert.All(site.Stores, request => Assert.InRange(request.PartCount!.Value, 1, 2));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_instance_too_large_for_memory_is_sent_as_it_arrives_with_its_length()
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 2, bytes: 3_000_000);

        var (result, _) = await site.SendAsync(study, options => (options.MaxBufferedBytes, options.Verification) = (1 << 20, DeliveryVerification.Bytes));

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        site.AssertDelivered(study);
        Assert.All(site.Stores, request => Assert.True(request.ContentLength > 3_000_000));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_instance_whose_bytes_do_not_match_never_becomes_whole_at_the_receiver(bool isStreamed)
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 3, bytes: 400_000);
        site.Store.Server.Faults.Add(Fault.FlipBit(5_000), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal));

        var (result, _) = await site.SendAsync(study, options => options.MaxBufferedBytes = isStreamed ? 1 << 20 : 64 << 20);

        Assert.Equal(JobOutcome.Incomplete, result.Outcome);
        Assert.NotEmpty(result.Failures);
        Assert.All(result.Failures, failure => Assert.IsType<InstanceIntegrityException>(failure.Exception));
        var expected = study.Series[0].Instances.Select(one => one.Sha256).ToHashSet(StringComparer.Ordinal);
        Assert.All(site.Receiver.Instances.Values, bytes => Assert.Contains(Delivering.Hash(bytes), expected));
        Assert.Equal(isStreamed, site.Stores.Any(request => request.IsAborted));
    }

    [Fact(Timeout = 60_000)]
    public async Task Receipts_make_changed_instances_go_again_and_others_not()
    {
        await using var site = await Delivering.StartAsync();
        var before = new SyntheticStudy(seed: 1);
        var uid = before.AddSeries(new() { InstanceCount = 4, InstanceSizeBytes = 20_000 }).SeriesInstanceUid;
        site.Store.Put(before);
        await site.SendAsync(before, options => options.ReceiptDirectory = site.Folder.Path);
        var after = new SyntheticStudy(before.StudyInstanceUid, seed: 2);
        after.AddSeries(new() { InstanceCount = 4, InstanceSizeBytes = 20_002, SeriesInstanceUid = uid });
        site.Store.Put(after);

        var (result, _) = await site.SendAsync(after, options => options.ReceiptDirectory = site.Folder.Path);

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(4, result.InstancesSaved);
        var receipts = File.ReadAllLines(Directory.EnumerateFiles(site.Folder.Path, "*.jsonl", SearchOption.AllDirectories).Single()).Where(line => line.Length > 0).ToList();
        Assert.Equal(8, receipts.Count);
        Assert.All(receipts, line => Assert.Contains($"\"receiver\":\"{site.Receiver.ServiceUrl.AbsoluteUri.TrimEnd('/')}\"", line, StringComparison.Ordinal));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_changed_instance_that_the_receiver_takes_for_a_duplicate_is_read_back_and_fails_where_the_old_bytes_were_kept(bool isKept)
    {
        await using var site = await Delivering.StartAsync(new() { KeepsExisting = isKept });
        var before = new SyntheticStudy("1.2.3", seed: 1);
        before.AddSeries(new() { InstanceCount = 2, InstanceSizeBytes = 20_000, SeriesInstanceUid = "1.2.3.4" });
        site.Store.Put(before);
        await site.SendAsync(before, options => options.ReceiptDirectory = site.Folder.Path);
        var sop = before.Series[0].Instances.Select(one => one.SopInstanceUid).ToList();
        var after = new SyntheticStudy("1.2.3", seed: 1);
        after.AddSeries(new() { InstanceCount = 2, InstanceSizeBytes = 20_002, SeriesInstanceUid = "1.2.3.4" });
        Assert.Equal(sop, after.Series[0].Instances.Select(one => one.SopInstanceUid));
        site.Store.Put(after);
        site.Receiver.Fail(isKept ? ReceiverFault.RefuseAll(45070) : ReceiverFault.ListNothing(), int.MaxValue);

        var (result, counts) = await site.SendAsync(after, options => options.ReceiptDirectory = site.Folder.Path);

        // A receiver that lists nothing, and has them when it is asked, may have stored them or not: what it has says which.
        Assert.Equal((isKept ? 0 : 2, isKept ? 2 : 0), (result.InstancesSaved, result.InstancesFailed));
        Assert.Equal(isKept ? 2 : 0, counts.Of(DeliveryOutcome.DifferentBytes));
        var (again, _) = await site.SendAsync(after, options => options.ReceiptDirectory = site.Folder.Path);
        Assert.Equal(isKept ? 0 : 2, again.InstancesSkipped);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receiver_without_search_is_sent_everything_again_unless_there_are_receipts()
    {
        await using var site = await Delivering.StartAsync(new() { HasSearch = false });
        var study = site.Put();

        await site.SendAsync(study, options => options.ReceiptDirectory = site.Folder.Path);

        Assert.Equal(8, (await site.SendAsync(study)).Result.InstancesSaved);
        Assert.Equal(8, (await site.SendAsync(study, options => options.ReceiptDirectory = site.Folder.Path)).Result.InstancesSkipped);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receiver_that_kept_other_bytes_under_the_UID_is_found_out_by_reading_back()
    {
        await using var site = await Delivering.StartAsync(new() { KeepsExisting = true });
        var study = site.Put(instances: 2);
        var other = new SyntheticStudy(study.StudyInstanceUid, seed: 1);
        other.AddSeries(new() { InstanceCount = 2, InstanceSizeBytes = 20_000 });
        await site.SendAsync(study);
        var victim = site.Receiver.Instances.First();
        var changed = (byte[])victim.Value.Clone();
        changed[^1] ^= 1;
        await using var kept = await DicomWebReceiver.StartAsync(new() { KeepsExisting = true });
        kept.Put(changed);

        var options = Delivering.OptionsFor(kept.ServiceUrl);
        options.Verification = DeliveryVerification.Bytes;
        using var handler = new StowSaveHandler(options);
        await using var cod = new CodDownload(site.Store.Options());
        cod.InitBucket(TestStore.Url);
        var result = await cod.CreateJob([study.StudyInstanceUid], handler).RunAsync();

        var failure = Assert.Single(result.Failures);
        Assert.Equal(DeliveryOutcome.DifferentBytes, Assert.IsType<DeliveryException>(failure.Exception).Outcome);
        Assert.Equal((1L, 1L), (handler.Counts.Of(DeliveryOutcome.DifferentBytes), handler.Counts.Of(DeliveryOutcome.Stored)));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_search_that_ignores_its_condition_proves_nothing()
    {
        await using var site = await Delivering.StartAsync(new() { IgnoresConditions = true });
        var (one, two) = (site.Put(seed: 1), site.Put(seed: 2));
        await site.SendAsync(one);
        site.Receiver.Fail(ReceiverFault.StoreNothing(), int.MaxValue);

        var (result, counts) = await site.SendAsync(two);

        Assert.Equal((0, 8), (result.InstancesSaved, result.InstancesFailed));
        Assert.Equal(8, counts.Of(DeliveryOutcome.Unknown));
    }

    [Fact(Timeout = 60_000)]
    public async Task More_instances_than_a_page_of_results_are_found()
    {
        await using var site = await Delivering.StartAsync(new() { MaxResults = 7 });
        var study = site.Put(instances: 40, bytes: 2_000);
        await site.SendAsync(study);

        Assert.Equal(40, (await site.SendAsync(study)).Result.InstancesSkipped);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_credential_is_sent_and_one_that_is_refused_ends_the_job(bool isRight)
    {
        await using var site = await Delivering.StartAsync(new() { AcceptedAuthorizations = ["Basic " + Convert.ToBase64String("user:secret"u8)] });
        var study = site.Put();

        var sending = site.SendAsync(study, options => (options.UserName, options.Password) = ("user", isRight ? "secret" : "guessed"));

        if (isRight)
        {
            Assert.Equal(8, (await sending).Result.InstancesSaved);
            return;
        }

        var failed = await Assert.ThrowsAsync<JobFailedException>(() => sending);
        var cause = Assert.IsType<DestinationException>(failed.Result.FatalException);
        Assert.Equal(DestinationFailure.AccessDenied, cause.Reason);
        Assert.DoesNotContain("guessed", cause.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_token_that_has_expired_is_renewed_once()
    {
        await using var site = await Delivering.StartAsync(new() { AcceptedAuthorizations = ["Bearer fresh"] });
        var tokens = new Queue<string>(["stale", "fresh"]);
        var study = site.Put();

        var (result, _) = await site.SendAsync(study, options => options.Credential = CodCredential.FromTokenProvider(_ => new(tokens.Dequeue())));

        Assert.Equal(8, result.InstancesSaved);
        Assert.Empty(tokens);
    }

    [Fact(Timeout = 60_000)]
    public async Task Receipts_that_cannot_be_written_end_the_job()
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put();
        var file = site.Folder.Write("file", "not a directory");

        var failed = await Assert.ThrowsAsync<JobFailedException>(() => site.SendAsync(study, options => options.ReceiptDirectory = file));

        Assert.Equal(DestinationFailure.NotWritable, Assert.IsType<DestinationException>(failed.Result.FatalException).Reason);
    }

    [Theory]
    [InlineData("ftp://pacs.example/")]
    [InlineData("https://user:secret@pacs.example/")]
    [InlineData("https://pacs.example/?token=secret")]
    [InlineData("relative/path")]
    [InlineData("https://pacs.example/dicom-web/studies/")]
    public void A_service_with_anything_but_an_address_is_refused_without_repeating_it(string url)
    {
        var thrown = Assert.Throws<ArgumentException>(() => new StowSaveHandlerOptions(new Uri(url, UriKind.RelativeOrAbsolute)));

        Assert.DoesNotContain("secret", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        foreach (var change in new Action<StowSaveHandlerOptions>[]
        {
            options => options.MaxBatchBytes = 0,
            options => options.MaxBatchInstances = 0,
            options => options.MaxRequests = 0,
            options => options.MaxBufferedBytes = 7,
            options => options.MaxAttempts = 0,
            options => options.RetryDelay = TimeSpan.Zero,
            options => options.IdleTimeout = TimeSpan.Zero,
            options => options.Verification = (DeliveryVerification)9,
        })
        {
            var options = new StowSaveHandlerOptions(new Uri("https://pacs.example/dicom-web"));
            change(options);
            Assert.Throws<ArgumentOutOfRangeException>(() => new StowSaveHandler(options));
        }
    }
}
