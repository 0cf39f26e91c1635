using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CodRetrieve.Service.Security;
using CodRetrieve.Service.Tests.Support;

namespace CodRetrieve.Service.Tests.Security;

public sealed partial class SignInTests
{
    private static readonly Dictionary<string, object> Operator = new() { ["sub"] = "u-2", ["name"] = "Grace", ["groups"] = new[] { "everyone", "research" } };

    [Fact(Timeout = 60_000)]
    public async Task A_token_for_the_api_is_taken_for_what_it_says_if_it_is_one()
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var service = await StartAsync(provider);
        using var other = RSA.Create(2048);
        var good = provider.Token(Operator);
        var parts = good.Split('.');
        var none = Base64Url(Encoding.UTF8.GetBytes("""{"alg":"none","typ":"JWT"}"""));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, good));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service, token: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service, provider.Token(Operator, audience: IdentityProvider.ClientId)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service, provider.Token(Operator, lifetime: -TimeSpan.FromMinutes(30))));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service, provider.Token(Operator, key: other)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service, provider.Token(Operator, issuer: "http://127.0.0.1:1")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service, $"{none}.{parts[1]}."));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service, $"{parts[0]}.{parts[1]}.{parts[2][..^4]}AAAA"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service, "no.token.atall"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(service, provider.Token(new Dictionary<string, object> { ["sub"] = "u-3", ["groups"] = new[] { "everyone" } })));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(service, good, "/api/audit"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Someone_signs_in_to_the_page_at_the_provider_and_out_again()
    {
        await using var provider = await IdentityProvider.StartAsync();
        provider.User = Operator;
        await using var service = await StartAsync(provider);
        using var handler = new SocketsHttpHandler { CookieContainer = new CookieContainer() };
        using var client = new HttpClient(handler) { BaseAddress = service.Address };

        // Sent to the form, from there to the provider, and back to the page that was wanted.
        var form = await client.GetStringAsync("/requests/new");
        Assert.Contains("Continue with your organisation", form, StringComparison.Ordinal);
        using var signedIn = await client.PostAsync("/sign-in?handler=Provider", Form(form, ("returnUrl", "/requests/new")));
        var page = await signedIn.Content.ReadAsStringAsync();
        Assert.Contains("<strong>Grace</strong> operator", page, StringComparison.Ordinal);
        Assert.EndsWith("/requests/new", signedIn.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);

        // The session is small and has no token of the provider in it.
        Assert.True(handler.CookieContainer.GetCookies(service.Address).Sum(cookie => cookie.Value.Length) < 3000);
        Assert.All(handler.CookieContainer.GetCookies(service.Address), cookie => Assert.True(cookie.HttpOnly, cookie.Name));

        using var signedOut = await client.PostAsync("/sign-out", Form(page));
        Assert.EndsWith("/sign-in", signedOut.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/requests")).StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Whoever_has_no_role_is_told_and_not_let_in()
    {
        await using var provider = await IdentityProvider.StartAsync();
        await using var service = await StartAsync(provider);
        using var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = service.Address };

        using var response = await client.PostAsync("/sign-in?handler=Provider", Form(await client.GetStringAsync("/sign-in")));
        Assert.Contains("have no role here", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/requests")).StatusCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("https://evil.example.org/")]
    [InlineData("//evil.example.org/")]
    [InlineData("/\\evil.example.org/")]
    [InlineData("javascript:alert(1)")]
    public async Task Signing_in_leads_to_no_other_site(string returnUrl)
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        var key = await service.CreateKeyAsync(ServiceRole.Viewer);
        using var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }) { BaseAddress = service.Address };
        var form = await client.GetStringAsync($"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}");

        using var response = await client.PostAsync("/sign-in", Form(form, ("returnUrl", returnUrl), ("key", key)));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/", response.Headers.Location!.OriginalString);
        Assert.DoesNotContain("evil", form, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Guessing_keys_is_slowed_down()
    {
        await using var service = await (await TestService.CreateAsync(settings: "--Security:SignInsPerMinute=3")).StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }) { BaseAddress = service.Address };
        var form = await client.GetStringAsync("/sign-in");
        var statuses = new List<HttpStatusCode>();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var response = await client.PostAsync("/sign-in", Form(form, ("key", ApiKey.Create().Reveal())));
            statuses.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], statuses);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/sign-in")).StatusCode);
    }

    private static async Task<TestService> StartAsync(IdentityProvider provider) => await (await TestService.CreateAsync(settings:
    [
        $"--Security:OpenIdConnect:Authority={provider.Authority}", "--Security:OpenIdConnect:AllowHttp=true", $"--Security:OpenIdConnect:ClientId={IdentityProvider.ClientId}",
        $"--Security:OpenIdConnect:ClientSecret={IdentityProvider.ClientSecret}", $"--Security:OpenIdConnect:Audience={IdentityProvider.Audience}",
        "--Security:OpenIdConnect:RoleClaim=groups", "--Security:OpenIdConnect:Roles:operator:0=research", "--Security:OpenIdConnect:Roles:administrator:0=admins",
    ])).StartAsync();

    private static async Task<HttpStatusCode> StatusAsync(TestService service, string? token, string address = "/api/requests")
    {
        using var client = new HttpClient { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.GetAsync(address);
        return response.StatusCode;
    }

    private static FormUrlEncodedContent Form(string page, params (string Name, string Value)[] fields) => new(
        fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).Append(KeyValuePair.Create("__RequestVerificationToken", Token().Match(page).Groups["token"].Value)));

    private static string Base64Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();
}
