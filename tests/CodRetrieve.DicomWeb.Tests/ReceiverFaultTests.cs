using CodRetrieve.DicomWeb.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.DicomWeb.Tests;

/// <summary>What a receiver may do wrong, and what becomes of the instances.</summary>
public sealed class ReceiverFaultTests
{
    // Each passes: everything is delivered in the end, and counted as what the receiver confirmed.
    private static readonly Dictionary<string, (ReceiverFault Fault, int Times)> Passing = new(StringComparer.Ordinal)
    {
        ["200 and nothing stored"] = (ReceiverFault.StoreNothing(), 2),
        ["nothing listed"] = (ReceiverFault.ListNothing(), 3),
        ["first listed only"] = (ReceiverFault.ListFirstOnly(), 3),
        ["half out of resources"] = (ReceiverFault.RefuseHalf(0xA700), 1),
        ["408"] = (ReceiverFault.Status(408), 2),
        ["429 with Retry-After"] = (ReceiverFault.Status(429, retryAfterSeconds: 0), 3),
        ["500"] = (ReceiverFault.Status(500), 2),
        ["502"] = (ReceiverFault.Status(502), 5),
        ["503"] = (ReceiverFault.Status(503), 5),
        ["504"] = (ReceiverFault.Status(504), 5),
        ["413 above one"] = (ReceiverFault.TooLargeAbove(1), int.MaxValue),
        ["reset, nothing stored"] = (ReceiverFault.Reset(isStored: false), 2),
        ["reset, all stored"] = (ReceiverFault.Reset(isStored: true), 4),
        ["response cut"] = (ReceiverFault.CutResponse(), 4),
        ["no content type"] = (ReceiverFault.WithContentType(null, xml: false), int.MaxValue),
        ["XML"] = (ReceiverFault.WithContentType("application/dicom+xml", xml: true), int.MaxValue),
        ["XML as JSON"] = (ReceiverFault.WithContentType("application/dicom+json", xml: true), int.MaxValue),
        ["JSON as HTML"] = (ReceiverFault.WithContentType("text/html", xml: false), int.MaxValue),
        ["warning"] = (ReceiverFault.Warn(0xB000), int.MaxValue),
        ["refuses chunked requests"] = (ReceiverFault.RefuseChunked(), int.MaxValue),
        ["reads slowly"] = (ReceiverFault.ReadSlowly(400_000), int.MaxValue),
        ["compresses its response"] = (ReceiverFault.CompressResponse(), int.MaxValue),
        ["stall"] = (ReceiverFault.Stall(), 1),
    };

    public static TheoryData<string> PassingFaults => new(Passing.Keys);

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(PassingFaults))]
    public async Task A_fault_that_passes_does_no_harm(string name)
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 3, series: 4);
        site.Receiver.Fail(Passing[name].Fault, Passing[name].Times);

        var (result, counts) = await site.SendAsync(study, options => options.IdleTimeout = TimeSpan.FromSeconds(2));

        Assert.Equal((JobOutcome.Complete, 12, 0), (result.Outcome, result.InstancesSaved, result.InstancesFailed));
        site.AssertDelivered(study);
        Assert.Equal(12, counts.Of(DeliveryOutcome.Stored) + counts.Of(DeliveryOutcome.AlreadyThere) + counts.Of(DeliveryOutcome.StoredWithWarning));
        Assert.Equal(name == "warning" ? 12 : 0, counts.Of(DeliveryOutcome.StoredWithWarning));
        if (name != "first listed only")
        {
            // Whether there is a second one in a request is by chance there.
            Assert.Equal(name is "nothing listed" or "reset, all stored" or "response cut", counts.Of(DeliveryOutcome.AlreadyThere) > 0);
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(272, DeliveryOutcome.Refused, "processing failure")]
    [InlineData(290, DeliveryOutcome.Refused, "SOP class not supported")]
    [InlineData(0xA700, DeliveryOutcome.Refused, "out of resources")]
    [InlineData(0xA900, DeliveryOutcome.Refused, "A900H")]
    [InlineData(0xC122, DeliveryOutcome.TransferSyntaxNotAccepted, "1.2.840.10008.1.2")]
    [InlineData(12345, DeliveryOutcome.Refused, "12345")]
    public async Task An_instance_that_is_refused_fails_with_the_reason_in_words(int reason, DeliveryOutcome outcome, string words)
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 3);
        site.Receiver.Fail(ReceiverFault.RefuseAll(reason, "299 pacs \"PatientName of DOE^JANE is invalid\""), int.MaxValue);

        var (result, counts) = await site.SendAsync(study);

        Assert.Equal((JobOutcome.Incomplete, 0, 3), (result.Outcome, result.InstancesSaved, result.InstancesFailed));
        var failure = Assert.IsType<DeliveryException>(result.Failures[0].Exception);
        Assert.Equal(outcome, failure.Outcome);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("DOE", failure.Message, StringComparison.Ordinal);
        Assert.Contains("DOE", failure.ReceiverText, StringComparison.Ordinal);
        Assert.Equal(3, counts.Of(outcome));
        Assert.Equal(outcome == DeliveryOutcome.TransferSyntaxNotAccepted ? 3 : 0, counts.RejectedTransferSyntaxes.Values.Sum());
        Assert.Empty(site.Receiver.Instances);
        Assert.Equal(reason == 0xA700 ? 9 : 3, site.Stores.Count());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(45070)]
    [InlineData(0x0111)]
    public async Task An_instance_that_the_receiver_refuses_as_a_duplicate_is_there(int reason)
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 3);
        site.Receiver.Fail(ReceiverFault.RefuseAll(reason), int.MaxValue);

        var (result, counts) = await site.SendAsync(study);

        Assert.Equal((JobOutcome.Complete, 3), (result.Outcome, result.InstancesSaved));
        Assert.Equal(3, counts.Of(DeliveryOutcome.AlreadyThere));
    }

    [Fact(Timeout = 60_000)]
    public async Task One_that_is_listed_as_stored_and_as_failed_has_failed()
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 2);
        site.Receiver.Fail(ReceiverFault.ListAsBoth(272), int.MaxValue);

        Assert.Equal((0, 2), (await site.SendAsync(study)).Result is var result ? (result.InstancesSaved, result.InstancesFailed) : default);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_delivered_to_a_receiver_that_stores_nothing_whatever_status_it_gives(bool isError)
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 3, series: 3);
        site.Receiver.Fail(isError ? ReceiverFault.Status(500) : ReceiverFault.StoreNothing(), int.MaxValue);

        var (result, counts) = await site.SendAsync(study);

        Assert.Equal((0, 9), (result.InstancesSaved, result.InstancesFailed));
        Assert.Equal(9, counts.Of(DeliveryOutcome.Unknown));
    }

    [Fact(Timeout = 60_000)]
    public async Task One_instance_that_the_receiver_cannot_read_keeps_no_other_from_being_delivered()
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 1, series: 16);
        var poison = study.Series[5].Instances[0].SopInstanceUid;
        site.Receiver.Fail(ReceiverFault.RejectRequestsWith(poison), int.MaxValue);

        var (result, _) = await site.SendAsync(study, options => options.MaxRequests = 1);

        Assert.Equal(15, result.InstancesSaved);
        Assert.Equal(poison, Assert.Single(result.Failures).SopInstanceUid);
        Assert.Equal(15, site.Receiver.Instances.Count);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(16)]
    public async Task One_instance_at_which_the_receiver_breaks_the_connection_fails_alone(int series)
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 1, series: series);
        var poison = study.Series[^1].Instances[0].SopInstanceUid;
        site.Receiver.Fail(ReceiverFault.BreakRequestsWith(poison), int.MaxValue);

        var (result, _) = await site.SendAsync(study);

        Assert.Equal(series - 1, result.InstancesSaved);
        Assert.Equal(poison, Assert.Single(result.Failures).SopInstanceUid);
        Assert.Equal(series - 1, site.Receiver.Instances.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_request_that_is_too_large_with_one_instance_fails_that_one()
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 1);
        site.Receiver.Fail(ReceiverFault.TooLargeAbove(0), int.MaxValue);

        var (result, _) = await site.SendAsync(study);

        Assert.Contains("HTTP 413", Assert.Single(result.Failures).Exception.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(301, DestinationFailure.Unreachable)]
    [InlineData(401, DestinationFailure.AccessDenied)]
    [InlineData(403, DestinationFailure.AccessDenied)]
    [InlineData(404, DestinationFailure.Unreachable)]
    [InlineData(405, DestinationFailure.Unreachable)]
    [InlineData(507, DestinationFailure.Full)]
    public async Task A_receiver_that_can_take_nothing_ends_the_job_with_one_error(int status, DestinationFailure reason)
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 20, series: 3);
        site.Receiver.Fail(ReceiverFault.Status(status), int.MaxValue);

        var failed = await Assert.ThrowsAsync<JobFailedException>(() => site.SendAsync(study));

        Assert.Equal(reason, Assert.IsType<DestinationException>(failed.Result.FatalException).Reason);
        Assert.InRange(site.Stores.Count(), 1, 10);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(null)]
    [InlineData(3600)]
    public async Task A_receiver_that_stays_down_ends_the_job_after_the_longest_outage(int? retryAfter)
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put();
        site.Receiver.Fail(ReceiverFault.Status(503, retryAfter), int.MaxValue);

        var failed = await Assert.ThrowsAsync<JobFailedException>(() => site.SendAsync(study, options => options.MaxOutage = retryAfter is null ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromMinutes(10)));

        Assert.Equal(DestinationFailure.Unreachable, Assert.IsType<DestinationException>(failed.Result.FatalException).Reason);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receiver_that_is_down_at_first_is_waited_for()
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put();
        await using var late = await DicomWebReceiver.StartAsync();
        var url = late.ServiceUrl;
        await late.DisposeAsync();
        var tries = 0;
        using var handler = new CountingHandler(() => Interlocked.Increment(ref tries));
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        var options = Delivering.OptionsFor(url);
        options.HttpClientFactory = () => client;
        using var stow = new StowSaveHandler(options);
        await using var cod = new CodDownload(site.Store.Options());
        cod.InitBucket(TestStore.Url);

        var running = cod.CreateJob([study.StudyInstanceUid], stow).RunAsync();
        while (Volatile.Read(ref tries) < 3)
        {
            await Task.Yield();
        }

        await using var back = await DicomWebReceiver.StartAsync(new() { Port = url.Port });
        Assert.Equal(8, (await running).InstancesSaved);
        Assert.Equal(8, back.Instances.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_too_much_for_a_request_once_is_not_tried_in_every_batch()
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 1, series: 40, bytes: 50_000);
        site.Receiver.Fail(ReceiverFault.TooLargeAboveBytes(120_000), int.MaxValue);

        var (result, counts) = await site.SendAsync(study, options => options.MaxRequests = 1);

        Assert.Equal((JobOutcome.Complete, 40L), (result.Outcome, counts.Of(DeliveryOutcome.Stored)));
        site.AssertDelivered(study);

        // A batch of up to 40 is halved five times at most, and none that large is made again.
        Assert.InRange(site.Stores.Count(request => request.Status == 413), 0, 32);
        var last = site.Stores.Last(request => request.Status == 413);
        Assert.True(site.Stores.Where(request => request.Status == 200).All(request => request.ContentLength <= 120_000), $"{last.ContentLength}");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_large_instance_whose_connection_broke_is_not_reported_as_delivered_and_the_next_run_sends_it()
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 1, bytes: 2_000_000);
        site.Receiver.Fail(ReceiverFault.Reset(isStored: false));

        var (result, counts) = await site.SendAsync(study, options => options.MaxBufferedBytes = 1 << 20);

        Assert.Equal((1, 1L), (result.InstancesFailed, counts.Of(DeliveryOutcome.Unknown)));
        Assert.Equal(1, (await site.SendAsync(study, options => options.MaxBufferedBytes = 1 << 20)).Result.InstancesSaved);
        site.AssertDelivered(study);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task A_large_instance_is_sent_again_where_the_receiver_refused_it_before_its_first_byte(int status)
    {
        await using var site = await Delivering.StartAsync();
        var study = site.Put(instances: 1, bytes: 2_000_000);
        site.Receiver.Fail(ReceiverFault.Status(status));

        Assert.Equal(1, (await site.SendAsync(study, options => options.MaxBufferedBytes = 1 << 20)).Result.InstancesSaved);
        site.AssertDelivered(study);
    }

    [Fact(Timeout = 120_000)]
    public async Task Faults_by_chance_lose_nothing_and_report_nothing_that_is_not_there()
    {
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 0; seed < 12; seed++)
        {
            await using var site = await Delivering.StartAsync();
            var study = site.Put(instances: 4, series: 6, seed: seed, bytes: 3_000);
            var random = new Random(seed);
            ReceiverFault[] faults =
            [
                ReceiverFault.StoreNothing(), ReceiverFault.ListNothing(), ReceiverFault.ListFirstOnly(), ReceiverFault.Status(503), ReceiverFault.Status(500),
                ReceiverFault.Reset(true), ReceiverFault.Reset(false), ReceiverFault.CutResponse(), ReceiverFault.RefuseHalf(272), ReceiverFault.TooLargeAbove(2), ReceiverFault.Warn(0xB006),
            ];
            for (var i = 0; i < 40; i++)
            {
                site.Receiver.Fail(faults[random.Next(faults.Length)]);
            }

            var (result, counts) = await site.SendAsync(study);

            Assert.Equal(24, result.InstancesSaved + result.InstancesFailed);
            var failed = result.Failures.Select(failure => failure.SopInstanceUid).ToHashSet(StringComparer.Ordinal);
            Assert.All(
                study.Series.SelectMany(series => series.Instances).Where(one => !failed.Contains(one.SopInstanceUid)),
                one => Assert.Equal(one.Sha256, Delivering.Hash(site.Receiver.Instances[one.SopInstanceUid])));
            foreach (var outcome in Enum.GetValues<DeliveryOutcome>().Where(outcome => counts.Of(outcome) > 0))
            {
                outcomes[outcome.ToString()] = outcomes.GetValueOrDefault(outcome.ToString()) + 1;
            }
        }

        Assert.Superset(new HashSet<string>(["Stored", "StoredWithWarning", "AlreadyThere", "Refused"], StringComparer.Ordinal), outcomes.Keys.ToHashSet(StringComparer.Ordinal));
    }

    private sealed class CountingHandler(Action count) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            count();
            return base.SendAsync(request, cancellationToken);
        }
    }
}
