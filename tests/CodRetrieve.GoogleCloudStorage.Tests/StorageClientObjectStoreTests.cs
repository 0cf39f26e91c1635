using System.IO.Compression;
using CodRetrieve.GoogleCloudStorage.Tests.Support;
using CodRetrieve.Storage;
using CodRetrieve.Testing;
using Google.Cloud.Storage.V1;
using Moq;

namespace CodRetrieve.GoogleCloudStorage.Tests;

/// <summary>What the store sends, and how bodies come.</summary>
public sealed class StorageClientObjectStoreTests
{
    [Fact]
    public void What_cannot_be_a_store_is_refused()
    {
        using var client = Clients.Open(new Uri("http://127.0.0.1:1/"));

        Assert.Throws<ArgumentNullException>("client", () => new StorageClientObjectStore(null!, "my-bucket"));
        Assert.Throws<ArgumentException>("bucket", () => new StorageClientObjectStore(client, "gs://my-bucket"));
        Assert.Throws<ArgumentException>("bucket", () => new StorageClientObjectStore(client, null!));
        Assert.Throws<ArgumentOutOfRangeException>("options", () => new StorageClientObjectStore(client, "my-bucket", new() { IdleTimeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentNullException>("options", () => new StorageClientObjectStore(client, "my-bucket", new() { TimeProvider = null! }));
        Assert.Contains("StorageClientBuilder", Assert.Throws<ArgumentException>("client", () => new StorageClientObjectStore(new Mock<StorageClient> { CallBase = true }.Object, "my-bucket")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_for_display_is_that_of_the_built_in_store()
    {
        using var client = Clients.Open(new Uri("http://127.0.0.1:1/"));

        Assert.Equal("gs://my-bucket/a/b.tar", new StorageClientObjectStore(client, "my-bucket").GetUri("a/b.tar"));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_object_stored_with_gzip_comes_as_it_is_stored_whole_and_in_ranges()
    {
        await using var store = await TestStore.StartAsync();
        var stored = Gzip(new byte[100_000]);
        store.Bucket.Put("o", stored, contentEncoding: "gzip");
        var objects = store.OpenObjects();

        foreach (var range in new ByteRange?[] { null, new(10, 60) })
        {
            await using var body = await objects.OpenReadAsync("o", null, range, default);
            using var read = new MemoryStream();
            await body.Content.CopyToAsync(read);

            Assert.True(body.IsCompressed);
            Assert.False(body.IsDecompressed);
            Assert.Equal(range is null ? stored : stored[10..60], read.ToArray());
        }

        Assert.Equal(2, store.Server.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_body_larger_than_memory_is_opened_read_and_left_at_once()
    {
        await using var store = await TestStore.StartAsync();
        store.Bucket.Put("o", new VastContent());
        var objects = store.OpenObjects();

        await using (var body = await objects.OpenReadAsync("o", null, null, default))
        {
            Assert.Equal(1L << 42, body.LengthBytes);
            await body.Content.ReadExactlyAsync(new byte[1_000_000]);
        }

        // The server notices that nobody reads on.
        var request = await store.Server.WaitForRequestAsync(one => one.IsCompleted);
        Assert.True(request.IsAborted);
        Assert.InRange(request.BytesSent, 1_000_000, 100_000_000);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_read_that_waits_for_bytes_ends_when_it_is_cancelled()
    {
        await using var store = await TestStore.StartAsync();
        store.Bucket.Put("o", new byte[100_000]);
        store.Server.Faults.Add(Fault.StallAfter(1_000));
        await using var body = await store.OpenObjects().OpenReadAsync("o", null, null, default);
        await body.Content.ReadExactlyAsync(new byte[1_000]);
        using var cancellation = new CancellationTokenSource();
        var reading = body.Content.ReadAsync(new byte[1_000], cancellation.Token).AsTask();
        Assert.False(reading.IsCompleted);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_call_that_waits_for_a_response_ends_when_it_is_cancelled()
    {
        using var handler = new NotingHandler(NeverAsync);
        await using var store = await TestStore.StartAsync();
        var objects = store.OpenObjects(http: new HandlerFactory(() => handler));
        using var cancellation = new CancellationTokenSource();
        var opening = objects.OpenReadAsync("o", null, null, cancellation.Token);
        var listing = objects.ListAsync("", null, cancellation.Token);
        Assert.False(opening.IsCompleted);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }

    [Fact(Timeout = 30_000)]
    public async Task Requests_say_what_is_wanted_and_whom_to_bill()
    {
        using var handler = new NotingHandler();
        await using var store = await TestStore.StartAsync();
        var objects = store.OpenObjects(options: new() { UserProject = "my-project" }, http: new HandlerFactory(() => handler));

        await objects.ListAsync("a b/", "t+/=", default);
        await (await objects.OpenReadAsync("a b/c?#%", 7, new ByteRange(10, 20), default)).DisposeAsync();

        var (list, media) = (handler.Sent.First(), handler.Sent.Last());
        Assert.Equal(2, handler.Sent.Count);
        Assert.Equal("/storage/v1/b/test-bucket/o", list.Url.AbsolutePath);
        Assert.All(
            ["prefix=a%20b%2F", "pageToken=t%2B%2F%3D", "fields=kind%2Citems%28", "userProject=my-project"],
            part => Assert.Contains(part, list.Url.Query, StringComparison.Ordinal));
        Assert.DoesNotContain("delimiter", list.Url.Query, StringComparison.Ordinal);
        Assert.Equal("/storage/v1/b/test-bucket/o/a%20b%2Fc%3F%23%25", media.Url.AbsolutePath);
        Assert.All(["alt=media", "generation=7", "userProject=my-project"], part => Assert.Contains(part, media.Url.Query, StringComparison.Ordinal));
        Assert.Contains("Range: bytes=10-19", media.Headers, StringComparison.Ordinal);
        Assert.Contains("Accept-Encoding: gzip", media.Headers, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_encryption_key_of_the_client_goes_with_requests_for_bytes_only()
    {
        using var handler = new NotingHandler();
        var key = EncryptionKey.Generate();
        using var client = Clients.Open(new Uri("http://127.0.0.1:1/"), http: new HandlerFactory(() => handler), key: key);
        var objects = new StorageClientObjectStore(client, "my-bucket");

        await objects.ListAsync("", null, default);
        await (await objects.OpenReadAsync("o", null, null, default)).DisposeAsync();

        Assert.DoesNotContain("x-goog-encryption", handler.Sent.First().Headers, StringComparison.Ordinal);
        Assert.All(
            ["x-goog-encryption-algorithm: AES256", $"x-goog-encryption-key: {key.Base64Key}", $"x-goog-encryption-key-sha256: {key.Base64Hash}"],
            header => Assert.Contains(header, handler.Sent.Last().Headers, StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_client_is_still_its_owner_s_after_a_job()
    {
        await using var store = await TestStore.StartAsync();
        store.Bucket.Put("o", new byte[10]);
        using var client = Clients.Open(store.Server.Endpoint);
        await using (var cod = new CodDownload(store.Options()))
        {
            cod.InitBucket(new StorageClientObjectStore(client, TestStore.BucketName), TestStore.Prefix);
            await cod.GetStatsAsync(["1.2.3"]);
        }

        Assert.Equal("o", Assert.Single(client.ListObjects(TestStore.BucketName)).Name);
    }

    private static async Task<HttpResponseMessage> NeverAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new InvalidOperationException("Nobody comes here.");
    }

    private sealed class VastContent : IObjectContent
    {
        public long Length => 1L << 42;

        public ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
        {
            destination.Span.Clear();
            return ValueTask.CompletedTask;
        }
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var stored = new MemoryStream();
        using (var gzip = new GZipStream(stored, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return stored.ToArray();
    }
}
