using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage;

/// <summary>A store of somebody else's that hangs, and takes no notice of its token.</summary>
public sealed class BoundedObjectStoreTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    [Fact(Timeout = 30_000)]
    public async Task A_listing_that_never_comes_fails_as_unavailable()
    {
        var store = new BoundedObjectStore(new HangingStore(), Idle, new HurriedTime());
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ListAsync("studies/", null, CancellationToken.None));
        Assert.Equal(ObjectStoreFailure.Unavailable, failure.Reason);
        Assert.Contains("hanging://studies/: the store did not respond for 300 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_listing_from_a_name_on_is_passed_to_the_store_and_bounded()
    {
        var store = new BoundedObjectStore(new HangingStore(), Idle, new HurriedTime());
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ListFromAsync("studies/", "studies/2", null, CancellationToken.None));
        Assert.Equal(ObjectStoreFailure.Unavailable, failure.Reason);

        using var folder = new TempFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "1"), "");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "2"), "");
        var passing = new BoundedObjectStore(new DirectoryObjectStore(folder.Path), Idle, TimeProvider.System);
        Assert.Equal("2", Assert.Single((await passing.ListFromAsync("", "2", null, CancellationToken.None)).Items).Name);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_ends_a_call_that_takes_no_notice()
    {
        var store = new BoundedObjectStore(new HangingStore(), Idle, TimeProvider.System);
        using var cancelling = new CancellationTokenSource();
        var listing = store.ListAsync("", null, cancelling.Token);
        var opening = store.OpenReadAsync("object", null, null, cancelling.Token);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_body_that_comes_after_it_was_given_up_is_disposed()
    {
        var hanging = new HangingStore();
        using var cancelling = new CancellationTokenSource();
        var opening = new BoundedObjectStore(hanging, Idle, TimeProvider.System).OpenReadAsync("object", null, null, cancelling.Token);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);

        var late = new HangingStream();
        hanging.Body.SetResult(new ObjectContent(late, 0));
        await late.Disposed.Task;
    }

    [Fact(Timeout = 30_000)]
    public async Task A_read_that_was_given_up_never_fills_the_readers_buffer()
    {
        var hanging = new HangingStore();
        var inner = new HangingStream();
        hanging.Body.SetResult(new ObjectContent(inner, 0));
        var body = await new BoundedObjectStore(hanging, Idle, TimeProvider.System).OpenReadAsync("object", null, null, CancellationToken.None);
        using var cancelling = new CancellationTokenSource();
        var buffer = new byte[100];
        var reading = body.Content.ReadAsync(buffer, cancelling.Token).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        inner.Release.SetResult();
        await inner.Filled.Task;
        Assert.All(buffer, static value => Assert.Equal(0, value));
        await Assert.ThrowsAsync<IOException>(() => body.Content.ReadAsync(buffer).AsTask());
        await body.DisposeAsync();
        await inner.Disposed.Task;
    }

    [Fact(Timeout = 30_000)]
    public async Task A_body_that_never_closes_is_left()
    {
        var hanging = new HangingStore();
        hanging.Body.SetResult(new ObjectContent(new HangingStream { ClosesNever = true }, 0));
        var body = await new BoundedObjectStore(hanging, Idle, new HurriedTime()).OpenReadAsync("object", null, null, CancellationToken.None);
        await body.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task What_the_store_says_of_a_body_is_passed_on()
    {
        var hanging = new HangingStore();
        hanging.Body.SetResult(new ObjectContent(new MemoryStream([1, 2, 3]), 7)
        {
            HasContentRange = true,
            LengthBytes = 3,
            ObjectSizeBytes = 10,
            Generation = 5,
            IsDecompressed = true,
        });
        await using var body = await new BoundedObjectStore(hanging, Idle, TimeProvider.System).OpenReadAsync("object", null, null, CancellationToken.None);
        Assert.Equal((7, true, 3, 10, 5, true), (body.Offset, body.HasContentRange, body.LengthBytes, body.ObjectSizeBytes, body.Generation, body.IsDecompressed));
        Assert.Equal(new byte[] { 1, 2, 3 }, await body.Content.ReadToEndAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_over_a_store_whose_bodies_hang_can_be_cancelled()
    {
        var hanging = new HangingStore { Listed = [new ObjectInfo { Name = "studies/1.2/series/1.2.3.tar", SizeBytes = 1024, Generation = 1 }, new ObjectInfo { Name = "studies/1.2/series/1.2.3/metadata.json", SizeBytes = 10, Generation = 1 }] };
        var inner = new HangingStream();
        hanging.Body.SetResult(new ObjectContent(inner, 0));
        await using var cod = new CodDownload();
        cod.InitBucket(hanging, null);
        var job = cod.CreateJob(["1.2"], new MemorySaveHandler());
        using var cancelling = new CancellationTokenSource();
        var running = job.RunAsync(cancellationToken: cancelling.Token);
        await inner.ReadBegun.Task;
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_over_a_client_whose_requests_hang_can_be_cancelled()
    {
        using var handler = new HangingHandler();
        using var http = new HttpClient(handler);
        await using var cod = new CodDownload(new CodDownloadOptions { HttpClientFactory = () => http });
        cod.InitBucket("gs://bucket/dicomweb");
        var job = cod.CreateJob(["1.2"], new MemorySaveHandler());
        using var cancelling = new CancellationTokenSource();
        var running = job.RunAsync(cancellationToken: cancelling.Token);
        await handler.Called.Task;
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private sealed class HangingStore : IObjectStore
    {
        public IReadOnlyList<ObjectInfo>? Listed { get; init; }

        public TaskCompletionSource<ObjectContent> Body { get; } = new();

        public string GetUri(string objectName) => $"hanging://{objectName}";

        public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) =>
            Listed is null ? new TaskCompletionSource<ObjectListPage>().Task : Task.FromResult(new ObjectListPage(Listed, [], null));

        public Task<ObjectContent> OpenReadAsync(string objectName, long? generation, ByteRange? range, CancellationToken cancellationToken) => Body.Task;
    }

    private sealed class HangingStream : ReadOnlyForwardStream
    {
        public bool ClosesNever { get; init; }

        public TaskCompletionSource ReadBegun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Filled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            ReadBegun.TrySetResult();
            await Release.Task;
            buffer.Span.Fill(255);
            Filled.SetResult();
            return buffer.Length;
        }

        public override async ValueTask DisposeAsync()
        {
            if (ClosesNever)
            {
                await new TaskCompletionSource().Task;
            }

            Disposed.TrySetResult();
            await base.DisposeAsync();
        }
    }

    private sealed class HangingHandler : HttpMessageHandler
    {
        public TaskCompletionSource Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Called.TrySetResult();
            return new TaskCompletionSource<HttpResponseMessage>().Task;
        }
    }
}
