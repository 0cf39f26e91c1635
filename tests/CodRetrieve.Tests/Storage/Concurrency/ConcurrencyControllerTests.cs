using CodRetrieve.Storage;

namespace CodRetrieve.Tests.Storage.Concurrency;

/// <summary>What the controller finds out of stores whose best number is known: by Little's law, that of requests times their duration, or what the link carries.</summary>
public sealed class ConcurrencyControllerTests
{
    private const double Settling = 5;
    private const double Measured = 20;

    [Theory]
    // Small studies: some 40 requests fill the link.
    [InlineData(250_000, 125e6)]
    // Indexes of small series: no number fills it.
    [InlineData(4_000, 64 * 4_000 / 0.070)]
    [InlineData(60_000, 64 * 60_000 / 0.0715)]
    // Whole segments: three connections do.
    [InlineData(8_000_000, 125e6)]
    public void It_comes_within_a_tenth_of_the_best_in_five_seconds(int bodyBytes, double best)
    {
        var store = new SimulatedStore { BodyBytes = bodyBytes };

        store.Run(Settling);

        Assert.InRange(store.Run(Measured) / best, 0.9, 1.05);
    }

    [Fact]
    public void It_opens_no_more_connections_for_large_bodies_than_help()
    {
        var store = new SimulatedStore { BodyBytes = 8_000_000 };

        store.Run(60);

        Assert.InRange(store.Controller.Limit, 3, 16);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(20)]
    [InlineData(50)]
    public void A_store_that_rejects_more_than_some_is_used_to_nearly_that_number(int maxRequests)
    {
        var store = new SimulatedStore { BodyBytes = 20_000, MaxRequests = maxRequests };
        store.Run(Settling);

        var rate = store.Run(60);

        Assert.InRange(rate / (maxRequests * 20_000 / 0.071), maxRequests < 8 ? 0.6 : 0.85, 1.05);
        Assert.InRange(store.Rejections, 1, 80 + (maxRequests * 5));
    }

    [Fact]
    public void A_proxy_that_refuses_connections_beyond_some_is_used_to_nearly_that_number()
    {
        var store = new SimulatedStore { BodyBytes = 20_000, MaxRequests = 20, Rejects = Rejection.NoResponse };
        store.Run(Settling);

        Assert.InRange(store.Run(60) / (20 * 20_000 / 0.071), 0.8, 1.05);
    }

    [Fact]
    public void A_network_that_breaks_connections_leaves_the_number_to_begin_with()
    {
        var store = new SimulatedStore { BodyBytes = 20_000, MaxRequests = 3, Rejects = Rejection.NoResponse };

        store.Run(30);

        Assert.InRange(store.Controller.Limit, 8, 12);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(30)]
    public void It_leaves_no_long_queue_at_a_store_that_works_on_few_at_a_time(int workers)
    {
        var store = new SimulatedStore { BodyBytes = 20_000, Workers = workers };
        store.Run(Settling);

        var rate = store.Run(Measured);

        Assert.InRange(rate / (workers * 20_000 / 0.071), 0.9, 1.05);
        Assert.InRange(store.Controller.Limit, workers * 0.8, workers * 2.2);
    }

    [Fact]
    public void It_follows_a_link_whose_rate_changes()
    {
        var store = new SimulatedStore { BytesPerSecond = 10e6 };
        store.Run(20);
        var slow = store.Controller.Limit;
        store.BytesPerSecond = 125e6;

        store.Run(2 * Settling);

        Assert.InRange(store.Run(Measured) / 125e6, 0.85, 1.05);
        Assert.True(slow < store.Controller.Limit, $"{slow} on the slow link, {store.Controller.Limit} on the fast one");
    }

    [Fact]
    public void It_comes_back_after_an_outage()
    {
        var store = new SimulatedStore();
        store.Run(Settling);
        var before = store.Controller.Limit;
        store.MaxRequests = 0;
        store.Run(30);
        Assert.Equal(1, store.Controller.Limit);
        store.MaxRequests = int.MaxValue;

        store.Run(2 * Settling);

        Assert.InRange(store.Run(Measured) / 125e6, 0.9, 1.05);
        Assert.InRange(store.Controller.Limit, before / 2, 64);
    }

    [Fact]
    public void A_failure_now_and_then_is_not_taken_for_too_many_requests()
    {
        var store = new SimulatedStore { BodyBytes = 4_000, Sporadic = 150 };

        store.Run(Settling);

        Assert.InRange(store.Run(60) / (64 * 4_000 / 0.070), 0.85, 1.05);
    }

    [Fact]
    public void It_does_not_grow_while_the_destination_is_what_is_slow()
    {
        var store = new SimulatedStore { SavedBytesPerSecond = 500_000 };

        store.Run(60);

        Assert.Equal(8, store.Controller.Limit);
    }

    [Fact]
    public void A_fixed_number_is_kept_whatever_happens()
    {
        var store = new SimulatedStore(min: 24, max: 24) { MaxRequests = 10 };

        store.Run(30);

        Assert.Equal(24, store.Controller.Limit);
    }

    [Fact]
    public void It_stays_at_or_below_the_greatest_number()
    {
        var store = new SimulatedStore(max: 3) { BodyBytes = 4_000 };

        store.Run(30);

        Assert.Equal(3, store.Controller.Limit);
    }
}
