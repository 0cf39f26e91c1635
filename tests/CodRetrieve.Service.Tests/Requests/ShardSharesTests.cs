using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Tests.Requests;

public sealed class ShardSharesTests
{
    [Fact]
    public void Request_is_divided_among_all_workers_of_several_nodes_as_far_as_its_shards_may_run_at_the_same_time()
    {
        Assert.Equal(8, ShardShares.Of([2, 2]));
        Assert.Equal(4, ShardShares.Of([2, 2], null, 2, 3));
        Assert.Equal(1, ShardShares.Of([2, 2], 1, null));
    }

    [Fact]
    public void Request_is_not_divided_for_one_node() => Assert.Equal((1, 1), (ShardShares.Of([16]), ShardShares.Of([])));

    [Theory(Timeout = 60_000)]
    [InlineData(0, 24, new[] { 24 })]
    [InlineData(1, 250, new[] { 100, 100, 50 })]
    [InlineData(2, 24, new[] { 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData(2, 3, new[] { 1, 1, 1 })]
    [InlineData(2, 1000, new[] { 100, 100, 100, 88, 77, 67, 59, 52, 45, 39, 35, 30, 26, 23, 20, 18, 16, 14, 12, 10, 9, 8, 7, 6, 5, 5, 4, 4, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1 })]
    public async Task Shards_get_smaller_towards_the_end_where_several_nodes_run(int nodes, int studies, int[] sizes)
    {
        await using var service = await TestService.CreateAsync();
        await service.AddNodesAsync(nodes, workers: 2);
        var request = await service.RequestAsync(Enumerable.Range(1, studies).Select(number => $"1.2.{number}"));
        await using var context = service.Ledger.Open();
        var shards = await context.Shards.Where(shard => shard.RequestId == request.Id).OrderBy(shard => shard.FirstNumber).ToListAsync();
        Assert.Equal(sizes, shards.Select(shard => shard.StudyCount));
        Assert.Equal(sizes.Length, request.ShardCount);

        // Without a gap.
        Assert.All(shards.Zip(shards.Skip(1)), pair => Assert.Equal(pair.First.FirstNumber + pair.First.StudyCount, pair.Second.FirstNumber));
        Assert.Equal(studies, shards[^1].FirstNumber + shards[^1].StudyCount);
    }
}
