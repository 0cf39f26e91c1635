using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace CodRetrieve.Tests.Support;

/// <summary>Stands for Google's token endpoint: gives <c>token-1</c>, <c>token-2</c> and so on.</summary>
internal sealed class TokenServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly string? _refusal;
    private int _given;

    private TokenServer(WebApplication application, string? refusal)
    {
        (_application, _refusal) = (application, refusal);
        application.Run(context =>
        {
            context.Response.ContentType = "application/json";
            if (_refusal is not null)
            {
                context.Response.StatusCode = 400;
                return context.Response.WriteAsync(JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { ["error"] = "invalid_grant", ["error_description"] = _refusal }));
            }

            var token = string.Create(CultureInfo.InvariantCulture, $"token-{Interlocked.Increment(ref _given)}");
            return context.Response.WriteAsync($$"""{"access_token":"{{token}}","expires_in":3600,"token_type":"Bearer"}""");
        });
    }

    /// <summary>How many tokens were given.</summary>
    public int Given => Volatile.Read(ref _given);

    public int Port => new Uri(_application.Urls.Single()).Port;

    /// <param name="refusal">Why it gives no token; <see langword="null"/> to give them.</param>
    public static async Task<TokenServer> StartAsync(string? refusal = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new TokenServer(builder.Build(), refusal);
        await server._application.StartAsync();
        return server;
    }

    /// <summary>Writes the key file of a service account whose tokens come from here.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="address">Where this server is said to be; <see langword="null"/> for where it is.</param>
    /// <returns>Its path.</returns>
    public string WriteKey(string folder, string? address = null)
    {
        using var rsa = RSA.Create(2_048);
        var path = Path.Combine(folder, "key.json");
        File.WriteAllText(path, JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["type"] = "service_account",
            ["project_id"] = "p",
            ["private_key_id"] = "k",
            ["private_key"] = rsa.ExportPkcs8PrivateKeyPem(),
            ["client_email"] = "reader@p.example",
            ["client_id"] = "1",
            ["token_uri"] = (address ?? _application.Urls.Single()) + "/token",
        }));
        return path;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
