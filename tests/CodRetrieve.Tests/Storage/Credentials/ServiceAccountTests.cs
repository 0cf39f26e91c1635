using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage;

/// <summary>A service account's key file, with a token endpoint of the test's own.</summary>
public sealed class ServiceAccountTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_key_file_gives_tokens_and_fresh_ones_after_a_401()
    {
        await using var tokens = await TokenServer.StartAsync();
        using var folder = new TempFolder();
        var credential = CodCredential.FromServiceAccountFile(tokens.WriteKey(folder.Path));
        Assert.Equal("service account", credential.ToString());
        await using var store = await OpenStore.StartAsync(
            options => options.Credential = credential, new GcsTestServerOptions { AcceptedTokens = ["token-2"] });
        var content = Bytes.Random(10);
        var slice = store.Put(content);

        Assert.Equal(content, await store.ReadAsync(slice));
        Assert.Equal(content, await store.ReadAsync(slice));
        Assert.Equal("token-1 token-2 token-2", string.Join(' ', store.Server.Requests.Select(request => request.BearerToken)));
        Assert.Equal(2, tokens.Given);
    }
}
