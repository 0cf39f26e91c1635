using CodRetrieve.Planning;
using CodRetrieve.Storage;

namespace CodRetrieve.Tests.Planning;

public sealed class ReadAheadTests : IDisposable
{
    private const long Megabyte = 1024 * 1024;

    private readonly RequestBudget _budget = RequestBudget.Fixed(20);

    public void Dispose() => _budget.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Twice_as_many_series_as_connections_are_read_ahead()
    {
        var ahead = new ReadAhead(_budget);
        for (var i = 0; i < 40; i++)
        {
            await ahead.EnterAsync(4096, CancellationToken.None);
        }

        var waiting = ahead.EnterAsync(4096, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        ahead.Exit(4096);

        await waiting;
    }

    [Fact(Timeout = 30_000)]
    public async Task No_more_bytes_of_records_are_held_than_memory_is_to_hold()
    {
        var ahead = new ReadAhead(_budget);
        await ahead.EnterAsync(60 * Megabyte, CancellationToken.None);
        var second = ahead.EnterAsync(5 * Megabyte, CancellationToken.None).AsTask();
        // In the order in which they come, though it is small.
        var third = ahead.EnterAsync(1, CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted || third.IsCompleted);

        ahead.Exchange(60 * Megabyte, 50 * Megabyte);

        await second;
        await third;
    }

    [Fact(Timeout = 30_000)]
    public async Task A_series_larger_than_that_is_read_alone()
    {
        var ahead = new ReadAhead(_budget);

        await ahead.EnterAsync(1000 * Megabyte, CancellationToken.None);

        var next = ahead.EnterAsync(1, CancellationToken.None).AsTask();
        Assert.False(next.IsCompleted);
        ahead.Exit(1000 * Megabyte);
        await next;
    }

    [Fact(Timeout = 30_000)]
    public async Task While_it_waits_content_may_have_all_places()
    {
        var ahead = new ReadAhead(_budget);
        _budget.IsMetadataExpected = true;
        await ahead.EnterAsync(64 * Megabyte, CancellationToken.None);
        for (var i = 0; i < 18; i++)
        {
            await _budget.AcquireAsync(RequestPurpose.Content, CancellationToken.None);
        }

        var content = _budget.AcquireAsync(RequestPurpose.Content, CancellationToken.None).AsTask();
        Assert.False(content.IsCompleted);

        _ = ahead.EnterAsync(1, CancellationToken.None).AsTask();

        await content;
    }
}
