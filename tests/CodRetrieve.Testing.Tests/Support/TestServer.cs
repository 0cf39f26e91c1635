using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace CodRetrieve.Testing.Tests;

/// <summary>A server with one bucket, and a plain client to look at it with.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string BucketName = "test-bucket";

    private TestServer(GcsTestServer server)
    {
        Server = server;
        Bucket = server.CreateBucket(BucketName);
        Client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, AllowAutoRedirect = false })
        {
            BaseAddress = server.Endpoint,
        };
    }

    public GcsTestServer Server { get; }

    public TestBucket Bucket { get; }

    public HttpClient Client { get; }

    public static async Task<TestServer> StartAsync(GcsTestServerOptions? options = null) => new(await GcsTestServer.StartAsync(options));

    public static string MediaPath(string name, string query = "") =>
        $"storage/v1/b/{BucketName}/o/{Uri.EscapeDataString(name)}?alt=media{query}";

    public async Task<HttpResponseMessage> GetMediaAsync(string name, string? range = null, string? acceptEncoding = null, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, MediaPath(name, query));
        if (range is not null)
        {
            request.Headers.TryAddWithoutValidation("Range", range);
        }

        if (acceptEncoding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        response.EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return document.RootElement.Clone();
    }

    public Task<JsonElement> ListAsync(string query = "") => GetJsonAsync($"storage/v1/b/{BucketName}/o?{query}");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }

    public static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    public static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);
}
