using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Dispatching;

namespace CodRetrieve.Service.Tests.Dispatching;

public sealed class FairShareTests
{
    private static readonly TimeOnly Noon = new(12, 0);

    [Fact]
    public void Huge_request_leaves_small_ones_their_turn()
    {
        var shares = Divide([Request(1, waiting: 200), Request(2, waiting: 1), Request(3, waiting: 2)], [new ShardsInHand(1, "store", "folder", 4)], 6);
        Assert.Equal([(1L, 3), (2L, 1), (3L, 2)], shares);
    }

    [Fact]
    public void Higher_priority_goes_first() =>
        Assert.Equal([(2L, 3)], Divide([Request(1, waiting: 5), Request(2, waiting: 5, priority: 1)], [], 3));

    [Fact]
    public void Limits_of_request_store_and_destination_hold()
    {
        Assert.Equal([(1L, 2)], Divide([Request(1, waiting: 9, maxShards: 2)], [], 9));
        Assert.Equal([(1L, 3)], Divide([Request(1, waiting: 9)], [], 9, options => options.Limits.ShardsPerRequest = 3));
        Assert.Equal([(1L, 1), (2L, 1)], Divide([Request(1, waiting: 9), Request(2, waiting: 9)], [new ShardsInHand(7, "store", "zip", 1)], 9, options => options.Stores["store"].MaxShards = 3));
        Assert.Equal([(1L, 2), (2L, 2)], Divide([Request(1, waiting: 9), Request(2, waiting: 9)], [], 9, options => options.Destinations["folder"].MaxShards = 4));
    }

    [Fact]
    public void Nothing_begins_in_quiet_hours()
    {
        Assert.Empty(Divide([Request(1, waiting: 9)], [], 9, options => options.Stores["store"].QuietHours.Add("11:00-13:00")));
        Assert.Empty(Divide([Request(1, waiting: 9)], [], 9, options => options.Destinations["folder"].QuietHours.Add("11:00-13:00")));
        Assert.Equal([(1L, 9)], Divide([Request(1, waiting: 9)], [], 9, options => options.Destinations["folder"].QuietHours.Add("13:00-11:00")));
    }

    private static IEnumerable<(long, int)> Divide(IReadOnlyList<Candidate> candidates, IEnumerable<ShardsInHand> inHand, int count, Action<ServiceOptions>? change = null)
    {
        var options = new ServiceOptions { Stores = { ["store"] = new StoreOptions() }, Destinations = { ["folder"] = new DestinationOptions() } };
        change?.Invoke(options);
        return new FairShare(options, inHand, Noon).Divide(candidates, count).OrderBy(share => share.Key).Select(share => (share.Key, share.Value));
    }

    private static Candidate Request(long id, int waiting, int priority = 0, int? maxShards = null) => new(id, priority, "store", "folder", maxShards, waiting);
}
