using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage;

public sealed class ResumingStreamTests
{
    private static readonly byte[] Content = Bytes.Random(1_000_003);

    [Fact(Timeout = 30_000)]
    public async Task Resumes_at_the_byte_where_the_connection_broke()
    {
        await using var store = await OpenStore.StartAsync();
        var slice = store.Put(Content, new ByteRange(1_000, 900_000));
        store.Faults.Add(Fault.CloseAfter(300_000), times: 1);

        Assert.Equal(Content[1_000..900_000], await store.ReadAsync(slice));
        Assert.Equal("bytes=1000-899999 bytes=301000-899999", string.Join(' ', store.Server.Requests.Select(request => request.Range)));
        Assert.All(store.Server.Requests, request => Assert.Equal(slice.Generation, request.Generation));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_whole_object_is_asked_for_without_a_range_and_resumed_with_one()
    {
        await using var store = await OpenStore.StartAsync();
        var slice = store.Put(Content);
        store.Faults.Add(Fault.CloseAfter(70_000), times: 1);

        Assert.Equal(Content, await store.ReadAsync(slice));
        Assert.Equal(" bytes=70000-1000002", string.Join(' ', store.Server.Requests.Select(request => request.Range)));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_object_of_unknown_size_is_resumed()
    {
        await using var store = await OpenStore.StartAsync();
        store.Put(Content);
        store.Faults.Add(Fault.CloseAfter(70_000), times: 1);
        Assert.Equal(Content, await store.ReadAsync(new ObjectRange("object", null, null, null)));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_empty_object_ends_at_once()
    {
        await using var store = await OpenStore.StartAsync();
        Assert.Empty(await store.ReadAsync(store.Put([])));
    }

    [Fact(Timeout = 30_000)]
    public async Task Progress_resets_the_bound_of_attempts()
    {
        await using var store = await OpenStore.StartAsync(options => options.MaxRetryAttempts = 2);
        var slice = store.Put(Content);
        store.Faults.Add(Fault.CloseAfter(70 * 1024));

        Assert.Equal(Content, await store.ReadAsync(slice));
        Assert.Equal(14, store.Server.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_retries_the_first_break_is_the_last()
    {
        await using var store = await OpenStore.StartAsync(options => options.MaxRetryAttempts = 0);
        var slice = store.Put(Content);
        store.Faults.Add(Fault.CloseAfter(70 * 1024));

        Assert.Equal(ObjectStoreFailure.Unavailable, (await store.FailAsync(slice)).Reason);
        Assert.Single(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task Faults_at_random_leave_no_trace_in_the_bytes()
    {
        await using var store = await OpenStore.StartAsync(options => options.MaxRetryAttempts = 20, new GcsTestServerOptions { FaultSeed = 42 });
        var slice = store.Put(Content);
        store.Faults.Add(Fault.ResetAfterRandom(), probability: 0.3);
        store.Faults.Add(Fault.CutAfterRandom(), probability: 0.3);
        store.Faults.Add(Fault.Status(503), probability: 0.2);
        for (var i = 0; i < 20; i++)
        {
            var range = new ByteRange(i * 1_237, Content.Length - (i * 911));
            Assert.Equal(Content[(int)range.Start..(int)range.EndExclusive], await store.ReadAsync(slice with { Range = range }));
        }

        Assert.InRange(store.Faults.HitCount, 10, int.MaxValue);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_stall_ends_with_the_idle_timeout()
    {
        var time = new SignallingTime();
        await using var store = await OpenStore.StartAsync(options => options.TimeProvider = time);
        var slice = store.Put(Content);
        store.Faults.Add(Fault.StallAfter(1_000), times: 1);
        await using var stream = await store.Objects.OpenAsync(slice, null, CancellationToken.None);
        await stream.ReadExactlyAsync(new byte[1_000]);

        var rest = stream.ReadToEndAsync();
        time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Single(store.Server.Requests);
        time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(Content[1_000..], await rest);
        Assert.Equal(2, store.Server.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task Headers_that_do_not_come_end_with_the_idle_timeout()
    {
        var time = new SignallingTime();
        await using var store = await OpenStore.StartAsync(
            options => (options.TimeProvider, options.MaxRetryAttempts) = (time, 0), new GcsTestServerOptions { Latency = TimeSpan.FromHours(1) });
        var slice = store.Put(Content);
        var failing = store.FailAsync(slice);
        await store.Server.WaitForRequestAsync(_ => true);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(ObjectStoreFailure.Unavailable, (await failing).Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task Waits_as_long_as_the_store_asks()
    {
        var time = new SignallingTime();
        await using var store = await OpenStore.StartAsync(options => (options.TimeProvider, options.MaxRetryDelay) = (time, TimeSpan.FromSeconds(20)));
        var slice = store.Put(Content);
        store.Faults.Add(Fault.Status(503, retryAfter: TimeSpan.FromSeconds(7)), times: 1);

        var reading = store.ReadAsync(slice);
        await time.WaitBegunAsync(wait => wait == TimeSpan.FromSeconds(7));
        Assert.Single(store.Server.Requests);
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(Content, await reading);
    }

    [Fact(Timeout = 30_000)]
    public async Task Waits_no_longer_than_the_bound_whatever_the_store_asks()
    {
        var time = new SignallingTime();
        await using var store = await OpenStore.StartAsync(options => (options.TimeProvider, options.MaxRetryDelay) = (time, TimeSpan.FromSeconds(20)));
        var slice = store.Put(Content);
        store.Faults.Add(Fault.Status(429, retryAfter: TimeSpan.FromDays(7)), times: 1);

        var reading = store.ReadAsync(slice);
        await time.WaitBegunAsync(wait => wait == TimeSpan.FromSeconds(20));
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(Content, await reading);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_a_stalled_body_ends_it_at_once()
    {
        await using var store = await OpenStore.StartAsync();
        var slice = store.Put(Content);
        store.Faults.Add(Fault.StallAfter(1_000));
        await using var stream = await store.Objects.OpenAsync(slice, null, CancellationToken.None);
        await stream.ReadExactlyAsync(new byte[1_000]);
        using var cancelling = new CancellationTokenSource();

        var reading = stream.ReadAsync(new byte[10], cancelling.Token).AsTask();
        Assert.False(reading.IsCompleted);
        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Single(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_the_wait_before_a_retry_ends_it_at_once()
    {
        var time = new SignallingTime();
        await using var store = await OpenStore.StartAsync(options => (options.TimeProvider, options.MaxRetryDelay) = (time, TimeSpan.FromMinutes(1)));
        var slice = store.Put(Content);
        store.Faults.Add(Fault.Status(503, retryAfter: TimeSpan.FromSeconds(40)));
        await using var stream = await store.Objects.OpenAsync(slice, null, CancellationToken.None);
        using var cancelling = new CancellationTokenSource();

        var reading = stream.ReadAsync(new byte[10], cancelling.Token).AsTask();
        await time.WaitBegunAsync(wait => wait == TimeSpan.FromSeconds(40));
        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact(Timeout = 30_000)]
    public async Task Reports_every_byte_that_arrives()
    {
        await using var store = await OpenStore.StartAsync();
        var slice = store.Put(Content, new ByteRange(100, 900_000));
        store.Faults.Add(Fault.IgnoreRange());
        long received = 0;
        await using var stream = await store.Objects.OpenAsync(slice, bytes => received += bytes, CancellationToken.None);
        await stream.ReadToEndAsync();
        Assert.Equal(900_000, received);
        Assert.Equal(900_000, stream.Offset);
    }
}
