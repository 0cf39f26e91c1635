using CodRetrieve.DicomWeb.Tests.Support;
using CodRetrieve.Testing;

namespace CodRetrieve.DicomWeb.Tests;

/// <summary>How long is waited before another attempt, by a clock that stands still until it is told.</summary>
public sealed class WaitTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(503, null)]
    [InlineData(429, null)]
    [InlineData(503, 0)]
    [InlineData(503, 7200)]
    [InlineData(503, -7200)]
    public async Task As_long_as_the_receiver_asks_by_its_own_clock(int status, int? clockOffsetSeconds)
    {
        await using var site = await Delivering.StartAsync();
        var (study, time) = (site.Put(instances: 1), new SignallingTime());
        site.Receiver.Fail(clockOffsetSeconds is { } offset
            ? ReceiverFault.StatusUntilDate(status, TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(offset))
            : ReceiverFault.Status(status, retryAfterSeconds: 120));

        var sending = site.SendAsync(study, options => Defaults(options, time));

        Assert.Equal(TimeSpan.FromSeconds(120), await time.WaitBegunAsync(static wait => wait == TimeSpan.FromSeconds(120)));
        time.Advance(TimeSpan.FromSeconds(119.9));
        Assert.Single(site.Stores);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, (await sending).Result.InstancesSaved);
        site.AssertDelivered(study);
    }

    [Fact(Timeout = 60_000)]
    public async Task As_long_as_it_asks_before_a_search_too()
    {
        await using var site = await Delivering.StartAsync();
        var (study, time) = (site.Put(instances: 1), new SignallingTime());
        site.Receiver.FailSearches(ReceiverFault.Status(503, retryAfterSeconds: 90));

        var sending = site.SendAsync(study, options =>
        {
            Defaults(options, time);
            options.AskForExisting = true;
        });

        await time.WaitBegunAsync(static wait => wait == TimeSpan.FromSeconds(90));
        time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(1, (await sending).Result.InstancesSaved);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receiver_that_is_down_for_a_minute_and_comes_back_at_its_address_is_waited_for_with_growing_waits()
    {
        await using var site = await Delivering.StartAsync();
        var (study, time) = (site.Put(instances: 1, series: 6), new SignallingTime());
        var down = new TaskCompletionSource();
        site.Receiver.Fail(ReceiverFault.Delay(down.Task), int.MaxValue);
        var url = site.Receiver.ServiceUrl;
        var sending = site.SendAsync(study, options =>
        {
            Defaults(options, time);
            options.MaxRequests = 1;
        });
        while (!site.Stores.Any())
        {
            await Task.Yield();
        }

        // In the middle of a request.
        await site.Receiver.DisposeAsync();
        var waited = TimeSpan.Zero;
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 30 })
        {
            await time.WaitBegunAsync(wait => wait == TimeSpan.FromSeconds(seconds));
            if (seconds == 30)
            {
                break;
            }

            time.Advance(TimeSpan.FromSeconds(seconds));
            waited += TimeSpan.FromSeconds(seconds);
        }

        await using var back = await DicomWebReceiver.StartAsync(new() { Port = url.Port });
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.InRange(waited + TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
        var (result, counts) = await sending;
        Assert.Equal((JobOutcome.Complete, 6, 6L), (result.Outcome, result.InstancesSaved, counts.Of(DeliveryOutcome.Stored)));
        Assert.Equal(6, back.Instances.Count);
    }

    private static void Defaults(StowSaveHandlerOptions options, TimeProvider time)
    {
        var defaults = new StowSaveHandlerOptions(options.ServiceUrl);
        (options.RetryDelay, options.MaxRetryDelay, options.MaxOutage) = (defaults.RetryDelay, defaults.MaxRetryDelay, defaults.MaxOutage);
        options.AskForExisting = false;
        options.TimeProvider = time;
    }
}
