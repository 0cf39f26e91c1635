using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage;

public sealed class CodCredentialTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_token_is_sent_with_every_request()
    {
        await using var store = await StartAsync(CodCredential.FromAccessToken("SECRET-good"));
        await store.ReadAsync(store.Put(Bytes.Random(10)));
        await store.Objects.ListAsync("", null, CancellationToken.None);
        Assert.Equal("SECRET-good SECRET-good", string.Join(' ', store.Server.Requests.Select(request => request.BearerToken)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_static_token_that_is_refused_fails_after_one_request()
    {
        await using var store = await StartAsync(CodCredential.FromAccessToken("expired-SECRET"));
        var failure = await store.FailAsync(store.Put(Bytes.Random(10)));
        Assert.Equal(ObjectStoreFailure.Unauthorized, failure.Reason);
        Assert.True(failure.IsFatal);
        Assert.DoesNotContain("SECRET", failure.ToString(), StringComparison.Ordinal);
        Assert.Single(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task No_token_where_one_is_needed_fails_after_one_request()
    {
        await using var store = await StartAsync(CodCredential.Anonymous);
        Assert.Equal(ObjectStoreFailure.Unauthorized, (await store.FailAsync(store.Put(Bytes.Random(10)))).Reason);
        Assert.Null(Assert.Single(store.Server.Requests).BearerToken);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_401_asks_once_for_a_fresh_token_and_goes_on()
    {
        var tokens = new Queue<string>(["SECRET-expired", "SECRET-good"]);
        await using var store = await StartAsync(CodCredential.FromTokenProvider(_ => ValueTask.FromResult(tokens.Dequeue())));
        var content = Bytes.Random(10);
        var slice = store.Put(content);
        Assert.Equal(content, await store.ReadAsync(slice));
        Assert.Equal(content, await store.ReadAsync(slice));
        Assert.Equal("SECRET-expired SECRET-good SECRET-good", string.Join(' ', store.Server.Requests.Select(request => request.BearerToken)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_that_expires_in_the_middle_of_an_object_is_renewed()
    {
        var tokens = new Queue<string>(["SECRET-good", "SECRET-better"]);
        await using var store = await StartAsync(CodCredential.FromTokenProvider(_ => ValueTask.FromResult(tokens.Dequeue())));
        var content = Bytes.Random(200_000);
        var slice = store.Put(content);
        store.Faults.Add(Fault.CloseAfter(100_000), times: 1);
        await using var stream = await store.Objects.OpenAsync(slice, null, CancellationToken.None);
        var first = new byte[100_000];
        await stream.ReadExactlyAsync(first);
        store.Server.AcceptTokens("SECRET-better");
        Assert.Equal(content[100_000..], await stream.ReadToEndAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_second_401_fails_after_exactly_two_requests()
    {
        var asked = 0;
        await using var store = await StartAsync(CodCredential.FromTokenProvider(_ => ValueTask.FromResult($"SECRET-bad-{++asked}")));
        Assert.Equal(ObjectStoreFailure.Unauthorized, (await store.FailAsync(store.Put(Bytes.Random(10)))).Reason);
        Assert.Equal("SECRET-bad-1 SECRET-bad-2", string.Join(' ', store.Server.Requests.Select(request => request.BearerToken)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_source_without_a_fresher_token_fails_after_one_request()
    {
        await using var store = await StartAsync(CodCredential.FromTokenProvider(_ => ValueTask.FromResult("SECRET-same")));
        Assert.Equal(ObjectStoreFailure.Unauthorized, (await store.FailAsync(store.Put(Bytes.Random(10)))).Reason);
        Assert.Single(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task Several_requests_with_an_expired_token_ask_the_source_once()
    {
        const int Requests = 8;
        var asked = 0;
        var allRefused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var store = await StartAsync(CodCredential.FromTokenProvider(async _ =>
        {
            if (Interlocked.Increment(ref asked) == 1)
            {
                return "expired";
            }

            await allRefused.Task;
            return "SECRET-good";
        }));
        var slice = store.Put(Bytes.Random(10));
        var reading = Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => store.ReadAsync(slice)));
        await store.Server.WaitForRequestAsync(_ => store.Server.Requests.Count(request => request is { StatusCode: 401 }) == Requests);
        allRefused.SetResult();
        await reading;
        Assert.Equal(2, asked);
        Assert.Equal(2 * Requests, store.Server.Requests.Count);
    }

    public static TheoryData<Exception> Thrown => [new TimeoutException(), new HttpRequestException(), new IOException(), new InvalidOperationException(), new OperationCanceledException(),
        new ObjectStoreException(ObjectStoreFailure.Unavailable, "busy")];

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Thrown), DisableDiscoveryEnumeration = true)]
    public async Task What_a_token_provider_throws_is_reported_at_once_and_ends_everything(Exception thrown)
    {
        var asked = 0;
        await using var store = await StartAsync(CodCredential.FromTokenProvider(_ =>
        {
            asked++;
            throw thrown;
        }));
        var slice = store.Put(Bytes.Random(10));
        var reading = await store.FailAsync(slice);
        var listing = await Assert.ThrowsAsync<ObjectStoreException>(() => store.Objects.ListAsync("", null, CancellationToken.None));
        Assert.All([reading, listing], failure => Assert.Same(thrown, failure.InnerException));
        Assert.All([reading, listing], failure => Assert.Equal(ObjectStoreFailure.Unauthorized, failure.Reason));
        Assert.Equal(2, asked);
        Assert.Empty(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_provider_that_fails_in_the_middle_of_an_object_is_not_retried()
    {
        var asked = 0;
        await using var store = await StartAsync(CodCredential.FromTokenProvider(_ => ++asked == 1
            ? ValueTask.FromResult("SECRET-good")
            : throw new IOException("The disk with the key is gone.")));
        var slice = store.Put(Bytes.Random(200_000));
        store.Faults.Add(Fault.CloseAfter(100_000), times: 1);
        await using var stream = await store.Objects.OpenAsync(slice, null, CancellationToken.None);
        await stream.ReadExactlyAsync(new byte[100_000]);
        store.Server.AcceptTokens("SECRET-better");

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => stream.ReadToEndAsync());

        Assert.Equal(ObjectStoreFailure.Unauthorized, failure.Reason);
        Assert.IsType<IOException>(failure.InnerException);
        Assert.Equal(2, asked);
    }

    public static TheoryData<string, Func<CancellationToken, ValueTask<string>>> Silent => new()
    {
        { "ignores its token", _ => new ValueTask<string>(new TaskCompletionSource<string>().Task) },
        { "takes notice", async ct =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
                return "";
            }
        },
        { "throws another exception", async ct =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ct).ContinueWith(_ => throw new IOException("Gave up."), TaskScheduler.Default);
                return "";
            }
        },
    };

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Silent), DisableDiscoveryEnumeration = true)]
    public async Task A_token_that_does_not_come_ends_with_the_idle_timeout(string how, Func<CancellationToken, ValueTask<string>> getToken)
    {
        _ = how;
        var time = new SignallingTime();
        await using var store = await OpenStore.StartAsync(options => (options.TimeProvider, options.Credential) = (time, CodCredential.FromTokenProvider(getToken)));
        var failing = store.FailAsync(store.Put(Bytes.Random(10)));
        await time.WaitBegunAsync(wait => wait == TimeSpan.FromSeconds(30));
        time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.False(failing.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));

        var failure = await failing;

        Assert.Equal(ObjectStoreFailure.Unauthorized, failure.Reason);
        Assert.Contains("no access token for 30 s", failure.Message, StringComparison.Ordinal);
        Assert.Empty(store.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_ends_the_wait_for_a_token_source_that_takes_no_notice()
    {
        using var cancel = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        await using var store = await StartAsync(CodCredential.FromTokenProvider(_ =>
        {
            asked.SetResult();
            return new ValueTask<string>(new TaskCompletionSource<string>().Task);
        }));
        var listing = store.Objects.ListAsync("", null, cancel.Token);
        await asked.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_while_a_token_is_awaited_is_cancelling()
    {
        using var cancel = new CancellationTokenSource();
        await using var store = await StartAsync(CodCredential.FromTokenProvider(async ct =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return "SECRET-good";
        }));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Objects.ListAsync("", null, cancel.Token));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("SEC SECRET")]
    [InlineData("SECRET\r\nX: y")]
    public async Task A_token_that_no_header_may_hold_is_refused(string token)
    {
        Assert.Throws<ArgumentException>(() => CodCredential.FromAccessToken(token));
        await using var store = await StartAsync(CodCredential.FromTokenProvider(_ => ValueTask.FromResult(token)));
        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => store.Objects.ListAsync("", null, CancellationToken.None));
        Assert.IsType<ArgumentException>(refused.InnerException);
        Assert.DoesNotContain("SECRET", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_is_not_sent_in_the_clear_to_another_machine()
    {
        await using var store = await OpenStore.StartAsync(options =>
            (options.Credential, options.Endpoint) = (CodCredential.FromAccessToken("SECRET"), new Uri("http://example.invalid/")));
        var failure = await store.FailAsync(new("object", null, null, null));
        Assert.Equal(ObjectStoreFailure.InsecureConnection, failure.Reason);
        Assert.DoesNotContain("SECRET", failure.ToString(), StringComparison.Ordinal);
        var listing = await Assert.ThrowsAsync<ObjectStoreException>(() => store.Objects.ListAsync("", null, CancellationToken.None));
        Assert.Equal(ObjectStoreFailure.InsecureConnection, listing.Reason);
    }

    [Fact]
    public void Printing_names_the_kind_only()
    {
        Assert.Equal("token", CodCredential.FromAccessToken("SECRET").ToString());
        Assert.Equal("anonymous", CodCredential.Anonymous.ToString());
    }

    [Fact]
    public void A_missing_key_file_is_reported_at_once() =>
        Assert.Throws<FileNotFoundException>(() => CodCredential.FromServiceAccountFile(Path.Combine(Path.GetTempPath(), "no-such-key.json")));

    private static Task<OpenStore> StartAsync(CodCredential credential) => OpenStore.StartAsync(
        options => options.Credential = credential, new GcsTestServerOptions { AcceptedTokens = ["SECRET-good"] });
}
