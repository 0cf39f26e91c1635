using System.Net;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using CodRetrieve.Service.Tests.Support;

namespace CodRetrieve.Service.Tests.Security;

public sealed class LoopbackTests
{
    [Fact(Timeout = 60_000)]
    public async Task This_machine_needs_no_key_until_there_is_one_and_always_after_that()
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        using var client = service.ClientOf(key: null);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/audit")).StatusCode);

        var key = await service.CreateKeyAsync(ServiceRole.Viewer);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/requests")).StatusCode);

        Assert.True(ApiKey.TryParse(key, out var parsed));
        await service.Get<ApiKeyService>().RevokeAsync(parsed.Id, TestService.Caller, CancellationToken.None);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/requests")).StatusCode);
        using var revoked = service.ClientOf(key);
        Assert.Equal(HttpStatusCode.Unauthorized, (await revoked.GetAsync("/api/requests")).StatusCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("Host", "rebound.example.org")]
    public async Task What_somebody_passes_on_is_not_of_this_machine(string header, string value)
    {
        await using var service = await (await TestService.CreateAsync(settings: ["--AllowedHosts=*"])).StartAsync();
        using var client = service.ClientOf(key: null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/requests");
        request.Headers.TryAddWithoutValidation(header, value);

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(request)).StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_known_proxy_is_believed_about_where_a_request_comes_from()
    {
        await using var service = await (await TestService.CreateAsync(settings: ["--Security:KnownProxies:0=127.0.0.1"])).StartAsync();
        using var client = service.ClientOf(key: null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/requests");
        request.Headers.Add("X-Forwarded-For", "192.0.2.7");
        request.Headers.Add("X-Forwarded-Proto", "https");

        using var response = await client.SendAsync(request);
        Assert.Equal("/sign-in?returnUrl=%2Frequests", response.Headers.Location?.OriginalString);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nobody_gets_in_where_loopback_is_closed()
    {
        await using var service = await (await TestService.CreateAsync(settings: ["--Security:AllowAnonymousOnLoopback=false"])).StartAsync();
        using var client = service.ClientOf(key: null);

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/requests")).StatusCode);
        Assert.Contains("Nobody is configured", await client.GetStringAsync("/sign-in"), StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "https://evil.example.org", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.Accepted)]
    [InlineData("Sec-Fetch-Site", "none", HttpStatusCode.Accepted)]
    [InlineData("Accept", "application/json", HttpStatusCode.Accepted)]
    public async Task A_page_of_another_site_cannot_make_requests_with_the_rights_of_this_machine(string header, string value, HttpStatusCode status)
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        using var client = service.ClientOf(key: null);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/requests") { Content = Visit.Json("""{"store": "store", "destination": "folder", "studies": ["1.2.3"]}""") };
        request.Headers.TryAddWithoutValidation(header, value);

        Assert.Equal(status, (await client.SendAsync(request)).StatusCode);
        Assert.Equal(status == HttpStatusCode.Accepted ? 1 : 0, (await service.Requests.ListAsync(new RequestQuery(), TestService.Caller, CancellationToken.None)).Items.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_form_of_another_site_is_not_json()
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        using var client = service.ClientOf(key: null);

        using var response = await client.PostAsync("/api/requests", new StringContent("""{"store": "store", "destination": "folder", "studies": ["1.2.3"]}"""));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }
}
