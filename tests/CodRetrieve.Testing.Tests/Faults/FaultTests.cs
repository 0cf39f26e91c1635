using System.Net;

namespace CodRetrieve.Testing.Tests;

public sealed class FaultTests
{
    private const int Size = 500_001;
    private static readonly byte[] Content = TestServer.Bytes(Size);

    private static async Task<TestServer> StartAsync(Fault fault)
    {
        var test = await TestServer.StartAsync();
        test.Bucket.Put("o", Content);
        test.Server.Faults.Add(fault, times: 1);
        return test;
    }

    [Fact(Timeout = 30_000)]
    public async Task Status_comes_with_retry_after_and_only_as_often_as_requested()
    {
        await using var test = await StartAsync(Fault.Status(503, TimeSpan.FromSeconds(1.5)));
        using var struck = await test.GetMediaAsync("o");
        using var spared = await test.GetMediaAsync("o");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, struck.StatusCode);
        Assert.Equal("2", struck.Header("Retry-After"));
        Assert.Contains("backendError", await struck.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, spared.StatusCode);
        Assert.Equal("Status(503)", test.Server.Requests[0].Fault);
        Assert.Equal(1, test.Server.Faults.HitCount);
    }

    [Fact(Timeout = 30_000)]
    public async Task Status_has_the_body_given()
    {
        await using var test = await StartAsync(Fault.Status(502, body: "<html>"));
        using var struck = await test.GetMediaAsync("o");
        Assert.Equal("<html>", await struck.Content.ReadAsStringAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Reset_before_headers_gives_no_response()
    {
        await using var test = await StartAsync(Fault.ResetBeforeHeaders());
        await Assert.ThrowsAsync<HttpRequestException>(() => test.GetMediaAsync("o"));
        var request = await test.Server.WaitForRequestAsync(request => request.IsCompleted);
        Assert.Equal((0, 0L, true), (request.StatusCode, request.BytesSent, request.IsAborted));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_001)]
    [InlineData(Size - 1)]
    public async Task Reset_comes_after_exactly_the_given_bytes(int bytes)
    {
        await using var test = await StartAsync(bytes == 0 ? Fault.ResetAfterHeaders() : Fault.ResetAfter(bytes));
        using var response = await test.GetMediaAsync("o");
        Assert.Equal(Size, response.Content.Headers.ContentLength);
        var (read, error) = await response.ReadToEndOrErrorAsync();
        Assert.NotNull(error);
        Assert.Equal(bytes, test.Server.Requests[0].BytesSent);

        // A reset may overtake what the network still holds, never add to it.
        Assert.InRange(read.Length, 0, bytes);
        Assert.Equal(Content[..read.Length], read);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_001)]
    [InlineData(Size - 1)]
    public async Task Close_lets_the_client_have_exactly_the_given_bytes(int bytes)
    {
        await using var test = await StartAsync(Fault.CloseAfter(bytes));
        using var response = await test.GetMediaAsync("o");
        var (read, error) = await response.ReadToEndOrErrorAsync();
        Assert.NotNull(error);
        Assert.Equal(Content[..bytes], read);
        response.Dispose();
        Assert.True((await test.Server.WaitForRequestAsync(request => request.IsCompleted)).IsAborted);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cut_ends_short_without_an_error()
    {
        await using var test = await StartAsync(Fault.CutAfter(1001));
        using var response = await test.GetMediaAsync("o", "bytes=100-");
        var (read, error) = await response.ReadToEndOrErrorAsync();
        Assert.Null(error);
        Assert.Null(response.Content.Headers.ContentLength);
        Assert.Equal(Content[100..1101], read);
    }

    [Fact(Timeout = 30_000)]
    public async Task Stall_sends_so_much_and_then_nothing_until_the_client_leaves()
    {
        await using var test = await StartAsync(Fault.StallAfter(5000));
        using var response = await test.GetMediaAsync("o");
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[6000];
        await body.ReadExactlyAsync(buffer.AsMemory(0, 5000));
        var more = body.ReadAsync(buffer).AsTask();
        Assert.False(more.IsCompleted);
        response.Dispose();
        var request = await test.Server.WaitForRequestAsync(request => request.IsCompleted);
        Assert.Equal(5000, request.BytesSent);
        await Assert.ThrowsAnyAsync<Exception>(() => more);
    }

    [Fact(Timeout = 30_000)]
    public async Task Drip_gives_every_byte_in_the_end()
    {
        await using var test = await StartAsync(Fault.SlowDrip(100_000, TimeSpan.FromMilliseconds(1)));
        using var response = await test.GetMediaAsync("o");
        Assert.Equal(Content, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Flip_turns_one_bit_of_the_body()
    {
        await using var test = await StartAsync(Fault.FlipBit(200_000, 7));
        using var response = await test.GetMediaAsync("o", "bytes=1000-");
        var expected = Content[1000..];
        expected[200_000] ^= 0x80;
        Assert.Equal(expected, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Wrong_content_range_names_another_range()
    {
        await using var test = await StartAsync(Fault.WrongContentRange(512));
        using var response = await test.GetMediaAsync("o", "bytes=0-9");
        Assert.Equal($"bytes 512-521/{Size}", response.Header("Content-Range"));
        Assert.Equal(Content[..10], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Ignored_range_gives_the_whole_object()
    {
        await using var test = await StartAsync(Fault.IgnoreRange());
        using var response = await test.GetMediaAsync("o", "bytes=5-9");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Content.Headers.Contains("Content-Range"));
        Assert.Equal(Content, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Range_as_status_200_keeps_its_content_range()
    {
        await using var test = await StartAsync(Fault.RangeAsStatus200());
        using var response = await test.GetMediaAsync("o", "bytes=5-9");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"bytes 5-9/{Size}", response.Header("Content-Range"));
        Assert.Equal(Content[5..10], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Extra_bytes_follow_those_asked_for()
    {
        await using var test = await StartAsync(Fault.ExtraBytes(3));
        using var response = await test.GetMediaAsync("o", "bytes=5-9");
        Assert.Equal([.. Content[5..10], 0xEE, 0xEE, 0xEE], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Wrong_object_comes_under_the_right_headers()
    {
        await using var test = await StartAsync(Fault.WrongObject("other"));
        test.Bucket.Put("other", new byte[] { 1, 2, 3, 4 });
        using var response = await test.GetMediaAsync("o", "bytes=2-5");
        Assert.Equal($"bytes 2-5/{Size}", response.Header("Content-Range"));
        Assert.Equal([3, 4, 0, 0], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Wrong_generation_is_in_the_header()
    {
        await using var test = await StartAsync(Fault.WrongGeneration(42));
        using var response = await test.GetMediaAsync("o");
        Assert.Equal("42", response.Header("x-goog-generation"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Unauthorized_strikes_a_good_token()
    {
        await using var test = await StartAsync(Fault.Unauthorized());
        using var response = await test.GetMediaAsync("o");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("authError", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Raw_body_takes_the_place_of_a_listing()
    {
        await using var test = await StartAsync(Fault.RawBody("[[["u8.ToArray()));
        Assert.Equal("[[[", await test.Client.GetStringAsync($"storage/v1/b/{TestServer.BucketName}/o"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Redirect_names_another_address()
    {
        await using var test = await StartAsync(Fault.Redirect(new Uri("http://example.invalid/x")));
        using var response = await test.GetMediaAsync("o");
        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        Assert.Equal("http://example.invalid/x", response.Headers.Location!.OriginalString);
    }

    [Fact(Timeout = 30_000)]
    public async Task Strikes_a_response_that_is_decompressed_on_the_way()
    {
        await using var test = await StartAsync(Fault.CutAfter(10));
        var study = new SyntheticStudy();
        var series = study.AddSeries();
        study.PutInto(test.Bucket, "p");
        using var response = await test.GetMediaAsync(series.MetadataName("p"));
        Assert.Equal("{\"study_ui", await response.Content.ReadAsStringAsync());
    }
}
