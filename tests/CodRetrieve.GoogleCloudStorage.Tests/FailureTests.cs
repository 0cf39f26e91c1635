using System.Net;
using CodRetrieve.GoogleCloudStorage.Tests.Support;
using CodRetrieve.Storage;
using CodRetrieve.Testing;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;
using Microsoft.Extensions.Time.Testing;

namespace CodRetrieve.GoogleCloudStorage.Tests;

/// <summary>What the store makes of requests that fail before there is a response, and how often it tries.</summary>
public sealed class FailureTests
{
    [Theory(Timeout = 30_000)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task One_call_makes_one_attempt(int status)
    {
        await using var store = await TestStore.StartAsync();
        store.Server.Faults.Add(Fault.Status(status));
        var objects = store.OpenObjects();

        Assert.Equal(ObjectStoreFailure.Unavailable, (await FailAsync(() => objects.OpenReadAsync("o", null, null, default))).Reason);
        Assert.Single(store.Server.Requests);
        Assert.Equal(ObjectStoreFailure.Unavailable, (await FailAsync(() => objects.ListAsync("", null, default))).Reason);
        Assert.Equal(2, store.Server.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_credential_may_renew_its_token_and_try_once_more()
    {
        await using var store = await TestStore.StartAsync(new() { AcceptedTokens = ["new-token"] });
        store.Bucket.Put("o", new byte[10]);
        var credential = new RenewingCredential("old-token", "new-token");
        using var client = Clients.Of(store.Server.Endpoint, initializer => initializer.HttpClientInitializer = credential);

        await using var body = await new StorageClientObjectStore(client, TestStore.BucketName).OpenReadAsync("o", null, null, default);

        Assert.Equal(10, body.LengthBytes);
        Assert.Equal(["old-token", "new-token"], store.Server.Requests.Select(request => request.BearerToken!));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_back_off_of_the_application_works_within_an_attempt()
    {
        await using var store = await TestStore.StartAsync();
        store.Bucket.Put("o", new byte[10]);
        store.Server.Faults.Add(Fault.Status(503), times: 1);
        using var client = Clients.Of(store.Server.Endpoint, initializer => initializer.DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None);
        client.Service.HttpClient.MessageHandler.AddUnsuccessfulResponseHandler(new RetryAtOnce());

        await using var body = await new StorageClientObjectStore(client, TestStore.BucketName).OpenReadAsync("o", null, null, default);

        Assert.Equal(10, body.LengthBytes);
        Assert.Equal(2, store.Server.Requests.Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(400, ObjectStoreFailure.Unauthorized)]
    [InlineData(401, ObjectStoreFailure.Unauthorized)]
    [InlineData(null, ObjectStoreFailure.Unauthorized)]
    [InlineData(503, ObjectStoreFailure.Unavailable)]
    public async Task A_credential_without_a_token_is_named(int? status, ObjectStoreFailure reason)
    {
        var refusal = new TokenResponseException(new TokenErrorResponse { Error = "invalid_grant", ErrorDescription = "Token has been\nrevoked." }, (HttpStatusCode?)status);

        var failure = await FailAsync(refusal);

        Assert.Equal((reason, status), (failure.Reason, failure.StatusCode));
        Assert.Matches("^gs://my-bucket/o: the credential of the storage client gave no access token: .*invalid_grant.*Check the credential", failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_client_that_cannot_send_ends_the_job()
    {
        var failure = await FailAsync(new InvalidOperationException("The credential is of another universe."));
        Assert.True(failure.IsFatal);
        Assert.Contains("The credential is of another universe. Check its credential", failure.Message, StringComparison.Ordinal);

        var client = Clients.Open(new Uri("http://127.0.0.1:1/"));
        var objects = new StorageClientObjectStore(client, "my-bucket");
        client.Dispose();
        Assert.True((await FailAsync(() => objects.ListAsync("", null, default))).IsFatal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_breaks_before_a_response_is_tried_again() =>
        Assert.Equal(ObjectStoreFailure.Unavailable, (await FailAsync(new IOException("broken"))).Reason);

    // Not made to look like a store's failure.
    [Fact(Timeout = 30_000)]
    public async Task A_fault_of_the_application_passes_unchanged()
    {
        var fault = new NotSupportedException("a bug");

        Assert.Same(fault, await Assert.ThrowsAsync<NotSupportedException>(() => OpenAsync(fault)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_response_that_does_not_come_within_the_idle_timeout_is_given_up()
    {
        var time = new FakeTimeProvider();
        await using var store = await TestStore.StartAsync(new() { Latency = TimeSpan.FromHours(1) });
        var opening = store.OpenObjects(options: new() { TimeProvider = time, IdleTimeout = TimeSpan.FromSeconds(20) }).OpenReadAsync("o", null, null, default);
        await store.Server.WaitForRequestAsync(_ => true);
        Assert.False(opening.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(20));

        var failure = await FailAsync(() => opening);
        Assert.Equal(ObjectStoreFailure.Unavailable, failure.Reason);
        Assert.Contains("no response of 127.0.0.1 came within 20 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_time_limit_of_the_client_holds_too()
    {
        await using var store = await TestStore.StartAsync(new() { Latency = TimeSpan.FromHours(1) });
        using var client = Clients.Open(store.Server.Endpoint);
        client.Service.HttpClient.Timeout = TimeSpan.FromMilliseconds(100);

        var failure = await FailAsync(() => new StorageClientObjectStore(client, TestStore.BucketName).ListAsync("", null, default));

        Assert.Equal(ObjectStoreFailure.Unavailable, failure.Reason);
        Assert.Contains("HttpClient.Timeout", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_listing_that_stalls_is_given_up()
    {
        var time = new FakeTimeProvider();
        await using var store = await TestStore.StartAsync();
        store.Bucket.Put("o", new byte[10]);
        store.Server.Faults.Add(Fault.StallAfter(20));
        var listing = store.OpenObjects(options: new() { TimeProvider = time }).ListAsync("", null, default);
        await store.Server.WaitForRequestAsync(request => request.BytesSent >= 20);

        // Until the listing waits for its next bytes, there is nothing to time.
        while (!listing.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(31));
            await Task.Yield();
        }

        Assert.Equal(ObjectStoreFailure.Unavailable, (await FailAsync(() => listing)).Reason);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("http://storage.test/", true, true)]
    [InlineData("http://storage.test/", false, false)]
    [InlineData("https://storage.test/", true, false)]
    [InlineData("http://127.0.0.1:1/", true, false)]
    public async Task A_token_does_not_travel_in_the_clear(string endpoint, bool hasToken, bool isRefused)
    {
        using var handler = new NotingHandler();
        using var client = Clients.Open(new Uri(endpoint), hasToken ? "my-token" : null, new HandlerFactory(() => handler));
        var objects = new StorageClientObjectStore(client, "my-bucket");

        if (isRefused)
        {
            Assert.Equal(ObjectStoreFailure.InsecureConnection, (await FailAsync(() => objects.ListAsync("", null, default))).Reason);
            Assert.Empty(handler.Sent);
        }
        else
        {
            Assert.Empty((await objects.ListAsync("", null, default)).Items);
            Assert.Equal(hasToken, handler.Sent.Single().Headers.Contains("Bearer my-token", StringComparison.Ordinal));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task An_api_key_is_in_no_message()
    {
        using var client = Clients.Of(new Uri("http://127.0.0.1:1/"), initializer => initializer.ApiKey = "AIza-SECRET");

        var failure = await FailAsync(() => new StorageClientObjectStore(client, "my-bucket").ListAsync("", null, default));

        Assert.Equal(ObjectStoreFailure.Unavailable, failure.Reason);
        Assert.DoesNotContain("SECRET", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("")]
    public async Task A_name_that_no_request_can_have_is_refused(string name)
    {
        using var handler = new NotingHandler();
        using var client = Clients.Open(new Uri("http://127.0.0.1:1/"), http: new HandlerFactory(() => handler));

        var failure = await FailAsync(() => new StorageClientObjectStore(client, "my-bucket").OpenReadAsync(name, null, null, default));

        Assert.Equal(ObjectStoreFailure.Rejected, failure.Reason);
        Assert.Empty(handler.Sent);
    }

    private static Task<ObjectStoreException> FailAsync(Exception thrown) => FailAsync(() => OpenAsync(thrown));

    private static async Task OpenAsync(Exception thrown)
    {
        using var handler = new NotingHandler((_, _) => Task.FromException<HttpResponseMessage>(thrown));
        using var client = Clients.Open(new Uri("http://127.0.0.1:1/"), http: new HandlerFactory(() => handler));
        await new StorageClientObjectStore(client, "my-bucket").OpenReadAsync("o", null, null, default);
    }

    private static Task<ObjectStoreException> FailAsync(Func<Task> call) => Assert.ThrowsAsync<ObjectStoreException>(call);

    private sealed class RenewingCredential(string first, string second) : IConfigurableHttpClientInitializer, IHttpExecuteInterceptor, IHttpUnsuccessfulResponseHandler
    {
        private int _renewals;

        public void Initialize(ConfigurableHttpClient httpClient)
        {
            httpClient.MessageHandler.Credential = this;
            httpClient.MessageHandler.AddUnsuccessfulResponseHandler(this);
        }

        public Task InterceptAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new("Bearer", _renewals == 0 ? first : second);
            return Task.CompletedTask;
        }

        public Task<bool> HandleResponseAsync(HandleUnsuccessfulResponseArgs args)
        {
            var isStale = args.Response.StatusCode == HttpStatusCode.Unauthorized && ++_renewals == 1;
            return Task.FromResult(isStale);
        }
    }

    private sealed class RetryAtOnce : IHttpUnsuccessfulResponseHandler
    {
        public Task<bool> HandleResponseAsync(HandleUnsuccessfulResponseArgs args) => Task.FromResult(args.SupportsRetry);
    }
}
