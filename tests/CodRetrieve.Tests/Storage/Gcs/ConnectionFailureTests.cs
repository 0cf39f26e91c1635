using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CodRetrieve.Storage;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage.Gcs;

/// <summary>Servers and proxies that give no response, or none that a store would give.</summary>
public sealed class ConnectionFailureTests
{
    private const string Empty = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{\"kind\":\"storage#objects\",\"prefixes\":[]} ";

    [Fact(Timeout = 30_000)]
    public async Task Headers_over_the_limit_are_final()
    {
        using var server = new RawServer((stream, _) => WriteAsync(stream, $"HTTP/1.1 200 OK\r\nX-Long: {new string('x', 100_000)}\r\n\r\n"));

        var failure = await ListAsync(new Uri($"http://127.0.0.1:{server.Port}/"));

        Assert.Equal(ObjectStoreFailure.Rejected, failure.Reason);
        Assert.Contains("the headers of the response of 127.0.0.1 are longer than is allowed", failure.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("\u0015\u0003\u0001\u0000\u0002\u0002\u0046")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    public async Task Http_that_meets_something_else_is_final(string greeting)
    {
        using var server = new RawServer((stream, _) => WriteAsync(stream, greeting));

        var failure = await ListAsync(new Uri($"http://127.0.0.1:{server.Port}/"));

        Assert.Equal(ObjectStoreFailure.Rejected, failure.Reason);
        Assert.Contains("does not speak HTTP. If it speaks HTTPS, the endpoint must begin with https", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Https_that_meets_http_is_final()
    {
        using var server = new RawServer((stream, _) => WriteAsync(stream, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));

        var failure = await ListAsync(new Uri($"https://localhost:{server.Port}/"));

        Assert.True(failure.IsFatal);
        Assert.Equal(ObjectStoreFailure.InsecureConnection, failure.Reason);
    }

    [Fact]
    public void A_connection_that_is_reset_as_soon_as_it_is_made_is_worth_another_attempt()
    {
        var reset = new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.NotConnected);

        Assert.True(ConnectionFailure.Is(reset));
        var failure = ConnectionFailure.Of(reset, "gs://bucket", new Uri("https://localhost/"), null);
        Assert.Equal(ObjectStoreFailure.Unavailable, failure.Reason);
        Assert.Contains("(NotConnected)", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_handshake_that_is_cut_is_tried_again()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("localhost");
        var connections = 0;
        using var server = new RawServer(async (stream, socket) =>
        {
            if (Interlocked.Increment(ref connections) < 3)
            {
                socket.LingerState = new LingerOption(true, 0);
                return;
            }

            await ServeTlsAsync(stream, certificate);
        });
        using var folder = new TempFolder();
        var options = new CodDownloadOptions { CertificateAuthorityFile = authority.Write(folder.Path), RetryDelay = TimeSpan.FromMilliseconds(1) };

        var page = await ReadAsync(new Uri($"https://localhost:{server.Port}/"), options);

        Assert.Empty(page.Prefixes);
        Assert.Equal(3, connections);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("localhost", 0, false, "its issuer is not trusted (CN=Test authority; ")]
    [InlineData("other.example", 0, true, "it is for another name (CN=other.example)")]
    [InlineData("localhost", -10, true, "and the clock of this machine says")]
    [InlineData("localhost", 10, true, "and the clock of this machine says")]
    public async Task A_certificate_that_is_rejected_is_final_and_says_why(string name, int days, bool isTrusted, string cause)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(name, days);
        var connections = 0;
        using var server = new RawServer(async (stream, _) =>
        {
            Interlocked.Increment(ref connections);
            await ServeTlsAsync(stream, certificate);
        });
        using var folder = new TempFolder();
        var options = new CodDownloadOptions { CertificateAuthorityFile = isTrusted ? authority.Write(folder.Path) : null };

        var failure = await ListAsync(new Uri($"https://localhost:{server.Port}/"), options);

        Assert.Equal(ObjectStoreFailure.InsecureConnection, failure.Reason);
        Assert.Contains(cause, failure.Message, StringComparison.Ordinal);
        Assert.Contains("SSL_CERT_FILE", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--ca-cert", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, connections);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData(null)]
    public void A_file_without_certificates_is_refused_at_once(string? content)
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "ca.pem");
        if (content is not null)
        {
            File.WriteAllText(file, content);
        }

        var failure = Assert.Throws<ArgumentException>(() => new CodDownload(new CodDownloadOptions { CertificateAuthorityFile = file }));

        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false, 502, ObjectStoreFailure.Unavailable, "(HTTP 502)")]
    [InlineData(true, 502, ObjectStoreFailure.Unavailable, "gives no connection to storage.example (HTTP 502)")]
    [InlineData(true, 403, ObjectStoreFailure.Rejected, "gives no connection to storage.example (HTTP 403)")]
    public async Task A_proxy_that_refuses_is_named_without_its_password(bool https, int status, ObjectStoreFailure reason, string said)
    {
        using var proxy = new FakeProxy("someone:secret", status);

        var failure = await ListAsync(new Uri((https ? "https" : "http") + "://storage.example/"), proxy: $"http://someone:secret@127.0.0.1:{proxy.Port}");

        Assert.Equal(reason, failure.Reason);
        Assert.Contains(said, failure.Message, StringComparison.Ordinal);
        Assert.Contains(https ? $"127.0.0.1:{proxy.Port}" : "", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("http://127.0.0.1:{port}", "the proxy 127.0.0.1:{port} cannot be reached (ConnectionRefused)")]
    [InlineData("http://no-such-proxy.invalid:3128", "the name of the proxy no-such-proxy.invalid:3128 is not known")]
    public async Task A_proxy_that_is_not_there_is_named(string proxy, string said)
    {
        var port = FreePort();

        var failure = await ListAsync(new Uri("https://storage.example/"), proxy: proxy.Replace("{port}", $"{port}", StringComparison.Ordinal));

        Assert.Equal(ObjectStoreFailure.Unavailable, failure.Reason);
        Assert.Contains(said.Replace("{port}", $"{port}", StringComparison.Ordinal), failure.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_wrong_password_is_sent_to_a_proxy_once_however_many_requests_there_are(string scheme)
    {
        using var proxy = new FakeProxy("someone:right");
        using var http = Client(new CodDownloadOptions(), $"http://someone:wrong@127.0.0.1:{proxy.Port}");
        var store = Store(http, new Uri(scheme + "://storage.example/"));

        var failures = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await Assert.ThrowsAsync<ObjectStoreException>(() => store.ListAsync("", null, default))));

        Assert.All(failures, failure => Assert.Equal((ObjectStoreFailure.ProxyAuthenticationRequired, true, false), (failure.Reason, failure.IsFatal, failure.IsTransient)));
        Assert.Single(proxy.Logins);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_right_password_lets_all_requests_through()
    {
        using var server = new RawServer((stream, _) => WriteAsync(stream, Empty));
        using var proxy = new FakeProxy("someone:right", target: server.Port);
        using var http = Client(new CodDownloadOptions(), $"http://someone:right@127.0.0.1:{proxy.Port}");
        var store = Store(http, new Uri("http://storage.example/"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Empty((await store.ListAsync("", null, default)).Prefixes);
        }

        Assert.All(proxy.Logins, login => Assert.Equal("someone:right", login));
        Assert.NotEmpty(proxy.Logins);
    }

    private static async Task<ObjectStoreException> ListAsync(Uri endpoint, CodDownloadOptions? options = null, string? proxy = null)
    {
        using var http = Client(options ?? new CodDownloadOptions(), proxy);
        return await Assert.ThrowsAsync<ObjectStoreException>(() => Store(http, endpoint).ListAsync("", null, default));
    }

    private static async Task<ObjectListPage> ReadAsync(Uri endpoint, CodDownloadOptions options)
    {
        using var http = Client(options, null);
        var objects = new ObjectReader(Store(http, endpoint), new RequestPolicy(options, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance), RequestBudget.Fixed(1));
        return await objects.ListAsync("", null, default);
    }

    private static GcsObjectStore Store(HttpClientSource http, Uri endpoint) => new(http, "bucket", CodCredential.Anonymous, new CodDownloadOptions { Endpoint = endpoint });

    private static HttpClientSource Client(CodDownloadOptions options, string? proxy) =>
        new(options, new EnvironmentProxy(name => name == "all_proxy" ? proxy : null));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task WriteAsync(Stream stream, string text)
    {
        _ = await stream.ReadAsync(new byte[4_096]);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
    }

    private static async Task ServeTlsAsync(Stream stream, X509Certificate2 certificate)
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate });
        await WriteAsync(tls, Empty);
    }

    /// <summary>Treats each connection as it is given.</summary>
    private sealed class RawServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Func<NetworkStream, Socket, Task> _serve;

        public RawServer(Func<NetworkStream, Socket, Task> serve)
        {
            _serve = serve;
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    _ = ServeAsync(await _listener.AcceptSocketAsync());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task ServeAsync(Socket socket)
        {
            try
            {
                await using var stream = new NetworkStream(socket, ownsSocket: true);
                await _serve(stream, socket);
            }
            catch (Exception e) when (e is IOException or SocketException or AuthenticationException)
            {
                // The client left.
            }
        }
    }
}
