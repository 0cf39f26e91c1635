using System.Net.Http.Headers;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;

namespace CodRetrieve.Service.Tests.Support;

/// <summary>Requests of a service as someone makes them.</summary>
internal static class Visit
{
    /// <summary>A client that sends a key, follows no redirects, and keeps no cookies.</summary>
    public static HttpClient ClientOf(this TestService service, string? key)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = service.Address };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return client;
    }

    public static async Task<string> CreateKeyAsync(this TestService service, ServiceRole role, string? tenant = null, string? name = null) =>
        (await service.Get<ApiKeyService>().CreateAsync(name ?? $"{role} {tenant}".Trim(), role, tenant, lifetime: null, new Caller("test", SeesAllTenants: true), CancellationToken.None)).Reveal();

    /// <summary>Waits until the node says that it is ready.</summary>
    public static Task WaitUntilReadyAsync(this HttpClient client) => Poll.UntilAsync(
        async () =>
        {
            using var response = await client.GetAsync("/health/ready");
            return response.IsSuccessStatusCode;
        },
        TimeSpan.FromMinutes(1));

    public static StringContent Json(string text) => new(text, new MediaTypeHeaderValue("application/json"));
}
