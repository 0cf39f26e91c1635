using System.IO.Compression;
using System.Net;

namespace CodRetrieve.Testing.Tests;

public sealed class MediaTests
{
    private static readonly byte[] Content = TestServer.Bytes(300_001);

    [Theory(Timeout = 30_000)]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=1000-200000", 1000, 199_001)]
    [InlineData("bytes=300000-", 300_000, 1)]
    [InlineData("bytes=299990-900000", 299_990, 11)]
    [InlineData("bytes=-7", 299_994, 7)]
    [InlineData("bytes=-900000", 0, 300_001)]
    public async Task Responds_to_a_range_with_206(string range, int offset, int count)
    {
        await using var test = await TestServer.StartAsync();
        test.Bucket.Put("a/b.tar", Content);
        using var response = await test.GetMediaAsync("a/b.tar", range);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal($"bytes {offset}-{offset + count - 1}/300001", response.Header("Content-Range"));
        Assert.Equal(count, response.Content.Headers.ContentLength);
        Assert.Equal(Content[offset..(offset + count)], await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(count, test.Server.MediaBytesSent());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("bytes=300001-")]
    [InlineData("bytes=-0")]
    public async Task Responds_with_416_past_the_end(string range)
    {
        await using var test = await TestServer.StartAsync();
        test.Bucket.Put("o", Content);
        using var response = await test.GetMediaAsync("o", range);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal("bytes */300001", response.Header("Content-Range"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(null)]
    [InlineData("bytes=5-1")]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("lines=0-1")]
    public async Task Sends_the_whole_object_without_a_range_that_it_understands(string? range)
    {
        await using var test = await TestServer.StartAsync();
        test.Bucket.Put("o", Content);
        using var response = await test.GetMediaAsync("o", range);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Content, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Sends_generation_and_hashes_in_headers()
    {
        await using var test = await TestServer.StartAsync();
        var item = test.Bucket.Put("o", "123456789"u8.ToArray(), "text/plain");
        using var response = await test.GetMediaAsync("o");
        Assert.Equal(["crc32c=4waSgw==", "md5=JfnnlDI7RTiF9RgfG2JNCw=="], response.Headers.GetValues("x-goog-hash").ToArray());
        Assert.Equal(item.Generation.ToString(), response.Header("x-goog-generation"));
        Assert.Equal("identity", response.Header("x-goog-stored-content-encoding"));
        Assert.Equal("9", response.Header("x-goog-stored-content-length"));
        Assert.Equal("text/plain", response.Header("Content-Type"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Loses_the_older_generation_when_an_object_is_replaced()
    {
        await using var test = await TestServer.StartAsync();
        var older = test.Bucket.Put("o", Content);
        var newer = test.Bucket.Put("o", new byte[] { 1 });
        Assert.True(newer.Generation > older.Generation);
        using var gone = await test.GetMediaAsync("o", query: $"&generation={older.Generation}");
        using var mismatch = await test.GetMediaAsync("o", query: $"&ifGenerationMatch={older.Generation}");
        using var there = await test.GetMediaAsync("o", query: $"&generation={newer.Generation}&ifGenerationMatch={newer.Generation}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, mismatch.StatusCode);
        Assert.Equal(HttpStatusCode.OK, there.StatusCode);
        Assert.Equal(newer.Generation, test.Server.Requests[2].Generation);
    }

    [Fact(Timeout = 30_000)]
    public async Task Decompresses_gzip_only_for_a_client_that_does_not_accept_it()
    {
        await using var test = await TestServer.StartAsync();
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Content);
        }

        test.Bucket.Put("metadata.json", packed.ToArray(), "application/json", "gzip");
        using var stored = await test.GetMediaAsync("metadata.json", acceptEncoding: "deflate, gzip;q=0.5");
        Assert.Equal("gzip", stored.Header("Content-Encoding"));
        Assert.Equal(packed.ToArray(), await stored.Content.ReadAsByteArrayAsync());

        foreach (var refusing in new[] { null, "gzip;q=0", "identity" })
        {
            using var unpacked = await test.GetMediaAsync("metadata.json", "bytes=0-9", refusing);
            Assert.Equal(HttpStatusCode.OK, unpacked.StatusCode);
            Assert.Null(unpacked.Content.Headers.ContentLength);
            Assert.Empty(unpacked.Content.Headers.ContentEncoding);
            Assert.Equal("gzip", unpacked.Header("x-goog-stored-content-encoding"));
            Assert.Equal(Content, await unpacked.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Serves_the_download_address_too()
    {
        await using var test = await TestServer.StartAsync();
        test.Bucket.Put("a/b", Content);
        Assert.Equal(Content, await test.Client.GetByteArrayAsync("download/" + TestServer.MediaPath("a/b")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Asks_for_a_project_where_the_requester_pays()
    {
        await using var test = await TestServer.StartAsync();
        test.Bucket.Put("o", Content);
        test.Bucket.RequesterPays = true;
        using var refused = await test.GetMediaAsync("o");
        using var accepted = await test.GetMediaAsync("o", query: "&userProject=me");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Serves_a_range_beyond_3_GiB_without_holding_the_object()
    {
        await using var test = await TestServer.StartAsync();
        var series = new SyntheticStudy(seed: 3).AddSeries(new() { InstanceCount = 3, InstanceSizeBytes = 1L << 30 });
        var item = test.Bucket.Put("big.tar", series.Tar);
        Assert.True(item.SizeBytes > 3L << 30);
        Assert.Equal(ObjectHashes.None, item.Hashes);

        var last = series.Instances[2];
        var before = GC.GetTotalAllocatedBytes();
        using var response = await test.GetMediaAsync("big.tar", $"bytes={last.EndByte - 20_000_001}-{last.EndByte - 1}");
        await using var body = await response.Content.ReadAsStreamAsync();
        await using var expected = last.OpenRead();
        expected.Position = last.SizeBytes - 20_000_001;
        byte[] left = new byte[65_537], right = new byte[65_537];
        int read;
        while ((read = await body.ReadAtLeastAsync(left, left.Length, throwOnEndOfStream: false)) > 0)
        {
            await expected.ReadExactlyAsync(right.AsMemory(0, read));
            Assert.True(left.AsSpan(0, read).SequenceEqual(right.AsSpan(0, read)));
        }

        Assert.Equal(expected.Length, expected.Position);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20_000_000);
    }
}
