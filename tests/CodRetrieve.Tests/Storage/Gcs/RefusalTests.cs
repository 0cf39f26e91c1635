using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage.Gcs;

/// <summary>What the store says of why it refuses, in the words of its own.</summary>
public sealed class RefusalTests
{
    [Theory(Timeout = 30_000)]
    [InlineData(400, "required", "Bucket is a requester pays bucket but no user project provided.", ObjectStoreFailure.Forbidden, "--user-project")]
    [InlineData(403, "forbidden", "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: abc-123", ObjectStoreFailure.Forbidden, "vpcServiceControlsUniqueIdentifier: abc-123 (forbidden)")]
    [InlineData(403, "rateLimitExceeded", "Slow down.", ObjectStoreFailure.Unavailable, "limit of requests")]
    [InlineData(403, "userRateLimitExceeded", "Slow down.", ObjectStoreFailure.Unavailable, "limit of requests")]
    [InlineData(403, "accountDisabled", "The account is disabled.", ObjectStoreFailure.Forbidden, "The account is disabled. (accountDisabled)")]
    [InlineData(400, "invalid", "Permission denied on Cloud KMS key.", ObjectStoreFailure.Rejected, "Permission denied on Cloud KMS key. (invalid)")]
    public async Task The_reason_of_the_store_decides_and_is_named(int status, string reason, string message, ObjectStoreFailure expected, string named)
    {
        var body = $$$"""{"error":{"code":{{{status}}},"message":"{{{message}}}","errors":[{"message":"{{{message}}}","domain":"global","reason":"{{{reason}}}"}]}}""";
        foreach (var failure in await FailAsync(Fault.Status(status, body: body)))
        {
            Assert.Equal((expected, status), (failure.Reason, failure.StatusCode));
            Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("<html><body>403 Forbidden</body></html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"error\":\"invalid_grant\"}")]
    [InlineData("{\"error\":{\"message\":7,\"errors\":[7]}}")]
    public async Task A_body_that_is_something_else_says_nothing(string body)
    {
        foreach (var failure in await FailAsync(Fault.Status(403, body: body)))
        {
            Assert.Equal(ObjectStoreFailure.Forbidden, failure.Reason);
            Assert.EndsWith("(HTTP 403).", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task What_it_says_is_one_bounded_line_without_a_token()
    {
        var body = $$$"""{"error":{"message":"no\u001b[31m\r\nBearer ya29.SECRET-abc_d.e {{{new string('x', 10_000_000)}}}"}}""";
        foreach (var failure in await FailAsync(Fault.Status(403, body: body)))
        {
            // More than is read of a body.
            Assert.EndsWith("(HTTP 403).", failure.Message, StringComparison.Ordinal);
        }

        foreach (var failure in await FailAsync(Fault.Status(403, body: body.Replace(new string('x', 9_990_000), "", StringComparison.Ordinal))))
        {
            Assert.Contains("The store says: no [31m Bearer *** xxx", failure.Message, StringComparison.Ordinal);
            Assert.InRange(failure.Message.Length, 300, 700);
            Assert.DoesNotContain(failure.Message, char.IsControl);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_page_that_comes_instead_of_a_listing_is_quoted_and_blamed_on_what_is_between()
    {
        using var handler = new PageHandler();
        using var http = new HttpClient(handler);
        await using var cod = new CodDownload(new CodDownloadOptions { HttpClientFactory = () => http, MaxRetryAttempts = 0 });
        cod.InitBucket("gs://bucket/dicomweb");

        var result = await cod.CreateWatchedJob(["1.2.3"], new MemorySaveHandler()).RunAsync();

        var failure = Assert.Single(result.Failures).ToString();
        Assert.Contains("a page of HTML came instead of a listing (\"Welcome to the guest network Please sign in\"). A proxy, or the sign-in page", failure, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(-40, true)]
    [InlineData(40, true)]
    [InlineData(1, false)]
    public async Task A_token_that_is_refused_where_the_clock_is_wrong_says_so(int minutes, bool isSaid)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(minutes));
        await using var store = await OpenStore.StartAsync(options => (options.MaxRetryAttempts, options.TimeProvider) = (0, time));
        store.Faults.Add(Fault.Status(401));

        var failure = await store.FailAsync(store.Put(Bytes.Random(10)));

        Assert.Equal(isSaid, failure.Message.Contains($"The clock of this machine says {time.GetUtcNow():u}, that of the store ", StringComparison.Ordinal));
    }

    private static async Task<List<ObjectStoreException>> FailAsync(Fault fault)
    {
        await using var store = await OpenStore.StartAsync(options => options.MaxRetryAttempts = 0);
        var slice = store.Put(Bytes.Random(10));
        store.Faults.Add(fault);
        return
        [
            await store.FailAsync(slice),
            await Assert.ThrowsAsync<ObjectStoreException>(() => store.Objects.ListAsync("", null, CancellationToken.None)),
        ];
    }

    private sealed class PageHandler : HttpMessageHandler
    {
        private const string Page = "<html><head><style>p { color: red }</style><script>var secret = 1;</script></head><body><h1>Welcome to the\n guest network</h1><p>Please sign in</p></body></html>";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent(Page, System.Text.Encoding.UTF8, "text/html") });
    }
}
