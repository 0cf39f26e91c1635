using CodRetrieve.Storage;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.Tests.Storage.Concurrency;

public sealed class RequestBudgetTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact(Timeout = 30_000)]
    public async Task It_waits_when_all_places_are_taken_and_goes_on_in_order()
    {
        using var budget = RequestBudget.Fixed(1);
        var first = await AcquireAsync(budget, RequestPurpose.Content);
        var second = AcquireAsync(budget, RequestPurpose.Content);
        var third = AcquireAsync(budget, RequestPurpose.Content);
        Assert.False(second.IsCompleted);

        first.Dispose();
        using var permit = await second;

        Assert.False(third.IsCompleted);
    }

    [Fact(Timeout = 30_000)]
    public async Task Metadata_goes_first_until_it_has_half_of_the_places()
    {
        using var budget = RequestBudget.Fixed(4);
        var permits = new List<RequestPermit>();
        for (var i = 0; i < 4; i++)
        {
            permits.Add(await AcquireAsync(budget, RequestPurpose.Content));
        }

        var content = Enumerable.Range(0, 3).Select(_ => AcquireAsync(budget, RequestPurpose.Content)).ToList();
        var metadata = Enumerable.Range(0, 3).Select(_ => AcquireAsync(budget, RequestPurpose.Metadata)).ToList();
        foreach (var permit in permits)
        {
            permit.Dispose();
        }

        await Task.WhenAll(metadata[0], metadata[1], content[0], content[1]);
        Assert.False(metadata[2].IsCompleted || content[2].IsCompleted);
    }

    [Fact(Timeout = 30_000)]
    public async Task Content_leaves_two_places_while_metadata_is_expected()
    {
        using var budget = RequestBudget.Fixed(8);
        budget.IsMetadataExpected = true;
        for (var i = 0; i < 6; i++)
        {
            await AcquireAsync(budget, RequestPurpose.Content);
        }

        var waiting = AcquireAsync(budget, RequestPurpose.Content);
        Assert.False(waiting.IsCompleted);
        Assert.True(AcquireAsync(budget, RequestPurpose.Metadata).IsCompletedSuccessfully);

        budget.IsMetadataExpected = false;

        await waiting;
    }

    [Fact(Timeout = 30_000)]
    public async Task One_that_is_cancelled_takes_no_place()
    {
        using var budget = RequestBudget.Fixed(1);
        var first = await AcquireAsync(budget, RequestPurpose.Content);
        using var cancelling = new CancellationTokenSource();
        var cancelled = budget.AcquireAsync(RequestPurpose.Content, cancelling.Token).AsTask();
        var next = AcquireAsync(budget, RequestPurpose.Content);

        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        first.Dispose();

        await next;
    }

    [Theory(Timeout = 30_000)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_retry_after_pauses_all_requests_and_not_only_the_one(int status)
    {
        using var budget = Budget();
        using var rejected = await AcquireAsync(budget, RequestPurpose.Metadata);
        rejected.Begin();
        rejected.AddFailure(new ObjectStoreException(ObjectStoreFailure.Unavailable, "busy") { StatusCode = status, RetryAfter = TimeSpan.FromSeconds(10) });

        var next = AcquireAsync(budget, RequestPurpose.Content);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        await next;
    }

    [Fact(Timeout = 30_000)]
    public async Task No_pause_is_longer_than_an_outage_is_waited_out()
    {
        using var budget = Budget(options => options.MaxOutage = TimeSpan.FromMinutes(1));
        using var rejected = await AcquireAsync(budget, RequestPurpose.Metadata);
        rejected.Begin();
        rejected.AddFailure(new ObjectStoreException(ObjectStoreFailure.Unavailable, "busy") { StatusCode = 503, RetryAfter = TimeSpan.FromDays(1) });
        var next = AcquireAsync(budget, RequestPurpose.Content);

        _time.Advance(TimeSpan.FromMinutes(1));

        await next;
    }

    [Fact]
    public void A_rejection_lowers_the_limit_and_another_failure_does_not()
    {
        using var budget = Budget();
        var permits = Enumerable.Range(0, 8).Select(_ => AcquireAsync(budget, RequestPurpose.Metadata)).Select(static acquired => acquired.Result).ToList();
        permits[0].Begin();
        permits[0].AddFailure(new ObjectStoreException(ObjectStoreFailure.InvalidResponse, "wrong"));
        permits[0].Begin();
        permits[0].AddResponse();
        permits[0].AddFailure(new ObjectStoreException(ObjectStoreFailure.Unavailable, "the body broke"));
        Assert.Equal(8, budget.Limit);

        permits[0].Begin();
        permits[0].AddFailure(new ObjectStoreException(ObjectStoreFailure.Unavailable, "busy") { StatusCode = 429 });

        Assert.Equal(5, budget.Limit);
    }

    [Theory]
    [InlineData(100_000, 64, 2)]
    [InlineData(1_048_576, 64, 4)]
    [InlineData(1_048_576, 3, 3)]
    [InlineData(100_000, 1, 1)]
    [InlineData(100_000_000, 6, 6)]
    public void A_limited_rate_is_shared_by_few(long bytesPerSecond, int maxConnections, int expected)
    {
        using var budget = Budget(options => (options.MaxBytesPerSecond, options.MaxConnections) = (bytesPerSecond, maxConnections));

        Assert.Equal(expected, budget.Limit);
    }

    [Theory]
    [InlineData(160, 12)]
    [InlineData(100, 4)]
    [InlineData(10, 2)]
    [InlineData(null, 64)]
    public void No_more_requests_than_there_may_be_open_files_for(int? files, int expected)
    {
        using var budget = Budget(options => (options.MaxOpenFiles, options.MinConnections) = (() => files, 64));

        Assert.Equal(expected, budget.Limit);
    }

    private static Task<RequestPermit> AcquireAsync(RequestBudget budget, RequestPurpose purpose) => budget.AcquireAsync(purpose, CancellationToken.None).AsTask();

    private RequestBudget Budget(Action<CodDownloadOptions>? change = null)
    {
        var options = new CodDownloadOptions { TimeProvider = _time };
        change?.Invoke(options);
        return new RequestBudget(options);
    }
}
