using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.Testing.Tests;

public sealed class GcsTestServerTests
{
    [Fact(Timeout = 30_000)]
    public async Task Refuses_unknown_tokens()
    {
        await using var test = await TestServer.StartAsync(new() { AcceptedTokens = ["first"] });
        test.Bucket.Put("o", new byte[1]);
        using var anonymous = await test.GetMediaAsync("o");
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.Contains("\"code\":401", await anonymous.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        test.Client.DefaultRequestHeaders.Authorization = TestServer.Bearer("first");
        using var accepted = await test.GetMediaAsync("o");
        test.Server.AcceptTokens("second");
        using var expired = await test.GetMediaAsync("o");
        test.Server.AcceptAnyone();
        using var open = await test.GetMediaAsync("o");
        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK], [accepted.StatusCode, expired.StatusCode, open.StatusCode]);
        Assert.Equal(["none", "first", "first", "first"], test.Server.Requests.Select(request => request.BearerToken ?? "none").ToArray());
        Assert.Equal([401, 200, 401, 200], test.Server.Requests.Select(request => request.StatusCode));
        Assert.DoesNotContain("first", test.Server.Requests[1].ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Records_requests_in_order_until_they_are_cleared()
    {
        await using var test = await TestServer.StartAsync();
        test.Bucket.Put("p/o", new byte[100]);
        await test.ListAsync("prefix=p/");
        await test.GetJsonAsync($"storage/v1/b/{TestServer.BucketName}/o/p%2Fo");
        using (var media = await test.GetMediaAsync("p/o", "bytes=10-19"))
        {
            await media.Content.ReadAsByteArrayAsync();
        }

        var requests = test.Server.Requests;
        Assert.Equal([RequestKind.List, RequestKind.ObjectMetadata, RequestKind.Media], requests.Select(request => request.Kind));
        Assert.Equal("p/", requests[0].Prefix);
        Assert.Equal(("p/o", "bytes=10-19", 206, 10L), (requests[2].ObjectName, requests[2].Range, requests[2].StatusCode, requests[2].BytesSent));
        Assert.Equal(0, test.Server.MediaBytesSent(name => name != "p/o"));
        test.Server.ClearRequests();
        test.Server.IsRecording = false;
        await test.ListAsync();
        Assert.Empty(test.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task Sees_how_many_requests_were_under_way_at_once()
    {
        await using var test = await TestServer.StartAsync();
        test.Bucket.Put("o", new byte[1000]);
        test.Server.Faults.Add(Fault.StallAfter(10));
        var first = await test.GetMediaAsync("o");
        var second = await test.GetMediaAsync("o");
        Assert.Equal(2, test.Server.PeakConcurrentRequests);
        first.Dispose();
        second.Dispose();
        await test.Server.WaitForRequestAsync(request => request.IsCompleted && request == test.Server.Requests[0]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Waits_for_its_latency_by_the_clock_given()
    {
        var clock = new FakeTimeProvider();
        await using var test = await TestServer.StartAsync(new() { Latency = TimeSpan.FromHours(1), TimeProvider = clock });
        test.Bucket.Put("o", new byte[10]);
        var answer = test.GetMediaAsync("o");
        while (!answer.IsCompleted)
        {
            // The delay may begin after any one advance; each round trip of the scheduler brings it nearer.
            clock.Advance(TimeSpan.FromMinutes(30));
            await Task.Yield();
        }

        using var response = await answer;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Holds_a_body_to_its_throttle()
    {
        await using var test = await TestServer.StartAsync(new() { BytesPerSecondPerConnection = 1_000_000 });
        test.Bucket.Put("o", TestServer.Bytes(300_000));
        var start = TimeProvider.System.GetTimestamp();
        using var response = await test.GetMediaAsync("o");
        Assert.Equal(TestServer.Bytes(300_000), await response.Content.ReadAsByteArrayAsync());
        Assert.True(TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(0.2));
    }

    [Fact(Timeout = 60_000)]
    public async Task Behind_a_link_requests_take_round_trips_and_bodies_share_its_rate()
    {
        var link = new TestLink
        {
            RoundTrip = TimeSpan.FromMilliseconds(20),
            TimeToFirstByte = TimeSpan.FromMilliseconds(30),
            ConnectionRoundTrips = 3,
            BytesPerSecondPerConnection = 2_000_000,
            BytesPerSecond = 4_000_000,
        };
        await using var test = await TestServer.StartAsync(new() { Link = link });
        test.Bucket.Put("small", new byte[10]);
        test.Bucket.Put("large", TestServer.Bytes(1_000_000));

        // A connection of its own, then the same again.
        Assert.InRange(await TimeAsync("small"), TimeSpan.FromMilliseconds(109), TimeSpan.FromSeconds(5));
        Assert.InRange(await TimeAsync("small"), TimeSpan.FromMilliseconds(49), TimeSpan.FromSeconds(5));

        // One alone keeps to its own rate, and four together to that of the link.
        Assert.InRange(await TimeAsync("large"), TimeSpan.FromMilliseconds(540), TimeSpan.FromSeconds(5));
        Assert.InRange(await TimeAsync("large", "large", "large", "large"), TimeSpan.FromMilliseconds(1_040), TimeSpan.FromSeconds(10));

        async Task<TimeSpan> TimeAsync(params string[] names)
        {
            var start = TimeProvider.System.GetTimestamp();
            await Task.WhenAll(names.Select(async name =>
            {
                using var response = await test.GetMediaAsync(name);
                await response.Content.ReadAsByteArrayAsync();
            }));
            return TimeProvider.System.GetElapsedTime(start);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Rejects_requests_beyond_the_number_that_it_serves_at_once()
    {
        await using var test = await TestServer.StartAsync(new() { MaxConcurrentRequests = 2 });
        test.Bucket.Put("o", new byte[1000]);
        test.Server.Faults.Add(Fault.StallAfter(10), times: 2);
        using var stalled = await test.GetMediaAsync("o");
        using var alsoStalled = await test.GetMediaAsync("o");

        using var rejected = await test.GetMediaAsync("o");
        stalled.Dispose();
        alsoStalled.Dispose();

        Assert.Equal(HttpStatusCode.TooManyRequests, rejected.StatusCode);
        Assert.Contains("rateLimitExceeded", await rejected.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => GcsTestServer.StartAsync(new() { MaxConcurrentRequests = 0 }));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_link_that_cannot_be_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => GcsTestServer.StartAsync(new() { Link = new() { BytesPerSecond = 0 } }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => GcsTestServer.StartAsync(new() { Link = new() { RoundTrip = TimeSpan.FromSeconds(-1) } }));
    }

    [Fact(Timeout = 30_000)]
    public async Task Breaks_a_stalled_response_when_disposed()
    {
        var test = await TestServer.StartAsync();
        test.Bucket.Put("o", new byte[1000]);
        test.Server.Faults.Add(Fault.StallAfter(10));
        using var response = await test.GetMediaAsync("o");
        await test.Server.DisposeAsync();
        var (_, error) = await response.ReadToEndOrErrorAsync();
        Assert.NotNull(error);
        await test.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task Refuses_a_second_bucket_of_the_same_name()
    {
        await using var test = await TestServer.StartAsync();
        Assert.Throws<ArgumentException>(() => test.Server.CreateBucket(TestServer.BucketName));
        Assert.Same(test.Bucket, test.Server.Buckets[TestServer.BucketName]);
    }
}
