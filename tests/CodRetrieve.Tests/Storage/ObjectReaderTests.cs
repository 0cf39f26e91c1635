using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage;

public sealed class ObjectReaderTests
{
    [Fact(Timeout = 30_000)]
    public async Task No_more_requests_are_in_flight_than_allowed()
    {
        await using var store = await OpenStore.StartAsync(options => options.MaxConnections = 3, new GcsTestServerOptions { Latency = TimeSpan.FromMilliseconds(20) });
        var content = Bytes.Random(10_000);
        var slice = store.Put(content);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            if (i % 4 == 0)
            {
                await store.Objects.ListAsync("", null, CancellationToken.None);
            }
            else
            {
                Assert.Equal(content, await store.ReadAsync(slice));
            }
        }));
        Assert.Equal(3, store.Server.PeakConcurrentRequests);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_open_stream_keeps_its_connection_until_it_is_disposed()
    {
        await using var store = await OpenStore.StartAsync(options => options.MaxConnections = 1);
        var slice = store.Put(Bytes.Random(10));
        var first = await store.Objects.OpenAsync(slice, null, CancellationToken.None);
        var second = store.Objects.OpenAsync(slice, null, CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted);
        await first.DisposeAsync();
        await (await second).DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task Disposing_a_stream_twice_gives_back_one_connection()
    {
        await using var store = await OpenStore.StartAsync(options => options.MaxConnections = 1);
        var slice = store.Put(Bytes.Random(10));
        var first = await store.Objects.OpenAsync(slice, null, CancellationToken.None);
        await first.DisposeAsync();
        await first.DisposeAsync();
        await using var second = await store.Objects.OpenAsync(slice, null, CancellationToken.None);
        Assert.False(store.Objects.OpenAsync(slice, null, CancellationToken.None).AsTask().IsCompleted);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_is_given_back_after_failures_too()
    {
        await using var store = await OpenStore.StartAsync(options => options.MaxConnections = 1);
        var content = Bytes.Random(10);
        var slice = store.Put(content);
        store.Faults.Add(Fault.Status(403), times: 2);
        await store.FailAsync(slice);
        await Assert.ThrowsAsync<ObjectStoreException>(() => store.Objects.ListAsync("", null, CancellationToken.None));
        Assert.Equal(content, await store.ReadAsync(slice));
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_ends_the_wait_for_a_connection()
    {
        await using var store = await OpenStore.StartAsync(options => options.MaxConnections = 1);
        var slice = store.Put(Bytes.Random(10));
        await using var first = await store.Objects.OpenAsync(slice, null, CancellationToken.None);
        using var cancelling = new CancellationTokenSource();
        var second = store.Objects.OpenAsync(slice, null, cancelling.Token).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("reset")]
    [InlineData("close")]
    [InlineData("cut")]
    [InlineData("stall")]
    [InlineData("503")]
    [InlineData("garbage")]
    public async Task A_listing_that_broke_is_asked_for_again(string how)
    {
        await using var store = await OpenStore.StartAsync(options => options.IdleTimeout = TimeSpan.FromMilliseconds(how == "stall" ? 250 : 20_000));
        store.Put(Bytes.Random(10));
        store.Faults.Add(
            how switch
            {
                "reset" => Fault.ResetBeforeHeaders(),
                "close" => Fault.CloseAfter(20),
                "cut" => Fault.CutAfter(20),
                "stall" => Fault.StallAfter(20),
                "503" => Fault.Status(503),
                _ => Fault.RawBody("<html>busy</html>"u8.ToArray()),
            },
            times: 2);

        var page = await store.Objects.ListAsync("", null, CancellationToken.None);
        Assert.Equal("object", Assert.Single(page.Items).Name);
        Assert.Equal(2, store.Faults.HitCount);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_project_to_bill_is_named_in_every_request()
    {
        await using var store = await OpenStore.StartAsync(options => options.UserProject = "my project");
        store.Bucket.RequesterPays = true;
        var content = Bytes.Random(10);
        var slice = store.Put(content);
        Assert.Equal(content, await store.ReadAsync(slice));
        Assert.Single((await store.Objects.ListAsync("", null, CancellationToken.None)).Items);
        Assert.All(store.Server.Requests, request => Assert.Contains("userProject=my%20project", request.Target, StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Names_of_objects_may_hold_any_character()
    {
        await using var store = await OpenStore.StartAsync();
        var content = Bytes.Random(10);
        const string Name = "a b/%2F/+&?#=\u00e4/..x";
        var slice = store.Put(content, name: Name);
        Assert.Equal(content, await store.ReadAsync(slice));
        Assert.Equal(Name, Assert.Single((await store.Objects.ListAsync("a b/%2F/+&?#=\u00e4", null, CancellationToken.None)).Items).Name);
    }
}
