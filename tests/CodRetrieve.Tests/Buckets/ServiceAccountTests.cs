using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace CodRetrieve.Tests.Buckets;

/// <summary>A service account's key file, with a token endpoint of the test's own.</summary>
public sealed class ServiceAccountTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_key_file_gives_tokens_and_fresh_ones_after_a_401()
    {
        var given = 0;
        await using var tokens = await StartTokensAsync(() => $"token-{Interlocked.Increment(ref given)}");
        using var folder = new TempFolder();
        var credential = CodCredential.FromServiceAccountFile(WriteKey(folder.Path, tokens.Urls.Single() + "/token"));
        Assert.Equal("service account", credential.ToString());
        await using var store = await OpenStore.StartAsync(
            options => options.Credential = credential, new GcsTestServerOptions { AcceptedTokens = ["token-2"] });
        var content = Bytes.Random(10);
        var slice = store.Put(content);

        Assert.Equal(content, await store.ReadAsync(slice));
        Assert.Equal(content, await store.ReadAsync(slice));
        Assert.Equal("token-1 token-2 token-2", string.Join(' ', store.Server.Requests.Select(request => request.BearerToken)));
        Assert.Equal(2, given);
    }

    private static string WriteKey(string folder, string tokenUri)
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
            ["token_uri"] = tokenUri,
        }));
        return path;
    }

    private static async Task<WebApplication> StartTokensAsync(Func<string> next)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var application = builder.Build();
        application.Run(context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync($$"""{"access_token":"{{next()}}","expires_in":3600,"token_type":"Bearer"}""");
        });
        await application.StartAsync();
        return application;
    }
}
