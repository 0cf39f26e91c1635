using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage.Credentials;

/// <summary>Requests to Google for tokens take the way that those to the store take.</summary>
public sealed class TokenClientTests
{
    private const string Outside = "http://oauth2.example";

    [Fact(Timeout = 30_000)]
    public async Task Tokens_come_through_the_proxy_of_the_environment()
    {
        await using var tokens = await TokenServer.StartAsync();
        using var folder = new TempFolder();
        using var proxy = new FakeProxy("someone:right", target: tokens.Port);
        using var http = Source($"http://someone:right@127.0.0.1:{proxy.Port}");

        var token = await Provider(tokens.WriteKey(folder.Path, Outside), http).GetAsync(null, default);

        Assert.Equal("token-1", token);
        Assert.Contains("POST http://oauth2.example/token HTTP/1.1", proxy.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task Tokens_come_through_a_client_of_the_hosts()
    {
        await using var tokens = await TokenServer.StartAsync();
        using var folder = new TempFolder();
        using var proxy = new FakeProxy(target: tokens.Port);
        using var client = new HttpClient(new SocketsHttpHandler { Proxy = new System.Net.WebProxy($"http://127.0.0.1:{proxy.Port}") });
        var options = new CodDownloadOptions { HttpClientFactory = () => client };
        var credential = CodCredential.FromServiceAccountFile(tokens.WriteKey(folder.Path, Outside));
        using var first = new HttpClientSource(options);
        using var second = new HttpClientSource(options);

        Assert.Equal("token-1", await credential.GetTokens(first, TimeProvider.System).GetAsync(null, default));

        // Those who share a client share its tokens.
        Assert.Equal("token-1", await credential.GetTokens(second, TimeProvider.System).GetAsync(null, default));
        Assert.Equal(1, tokens.Given);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_wrong_password_is_sent_to_the_proxy_once()
    {
        await using var tokens = await TokenServer.StartAsync();
        using var folder = new TempFolder();
        using var proxy = new FakeProxy("someone:right", target: tokens.Port);
        using var http = Source($"http://someone:wrong@127.0.0.1:{proxy.Port}");

        var failure = await FailAsync(tokens.WriteKey(folder.Path, Outside), http);

        Assert.Equal(ObjectStoreFailure.ProxyAuthenticationRequired, failure.Reason);
        Assert.Contains($"the proxy 127.0.0.1:{proxy.Port} wants a login", failure.Message, StringComparison.Ordinal);
        Assert.Single(proxy.Logins);
        Assert.Equal(0, tokens.Given);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(403, ObjectStoreFailure.Unauthorized)]
    [InlineData(502, ObjectStoreFailure.Unavailable)]
    public async Task A_refusal_without_a_reason_says_its_status(int status, ObjectStoreFailure reason)
    {
        await using var tokens = await TokenServer.StartAsync();
        using var folder = new TempFolder();
        using var proxy = new FakeProxy(status: status);
        using var http = Source($"http://127.0.0.1:{proxy.Port}");

        var failure = await FailAsync(tokens.WriteKey(folder.Path, Outside), http);

        Assert.Equal(reason, failure.Reason);
        Assert.Contains($"(HTTP {status})", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_token_endpoint_that_cannot_be_reached_is_named_and_may_be_tried_again()
    {
        await using var tokens = await TokenServer.StartAsync();
        using var folder = new TempFolder();
        using var http = Source(null);

        var failure = await FailAsync(tokens.WriteKey(folder.Path, "http://no-such-host.invalid"), http);

        Assert.Equal((ObjectStoreFailure.Unavailable, true), (failure.Reason, failure.IsTransient));
        Assert.Contains("access token: the name no-such-host.invalid is not known", failure.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.", "The clock of this machine says 2001-02-03 04:05:06Z: set it right.")]
    [InlineData("Token has been expired or revoked.", "The login expired or was revoked: log in again (gcloud auth application-default login)")]
    public async Task A_refusal_names_the_file_and_what_to_do(string refusal, string remedy)
    {
        await using var tokens = await TokenServer.StartAsync(refusal);
        using var folder = new TempFolder();
        using var http = Source(null);
        var file = tokens.WriteKey(folder.Path);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero));

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(async () => await CodCredential.FromServiceAccountFile(file).GetTokens(http, time).GetAsync(null, default));

        Assert.Equal(ObjectStoreFailure.Unauthorized, failure.Reason);
        Assert.Contains($"for the login in {file}:", failure.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private static HttpClientSource Source(string? proxy) => new(new CodDownloadOptions(), new EnvironmentProxy(name => name == "all_proxy" ? proxy : null));

    private static IAccessTokenProvider Provider(string file, HttpClientSource http) => CodCredential.FromServiceAccountFile(file).GetTokens(http, TimeProvider.System);

    private static async Task<ObjectStoreException> FailAsync(string file, HttpClientSource http) =>
        await Assert.ThrowsAsync<ObjectStoreException>(async () => await Provider(file, http).GetAsync(null, default));
}
