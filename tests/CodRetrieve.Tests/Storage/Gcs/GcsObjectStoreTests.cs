using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage.Gcs;

/// <summary>What stands between a job and the store: proxies.</summary>
public sealed class GcsObjectStoreTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_proxy_that_packs_listings_does_no_harm()
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries();
        store.Put(study);
        using var folder = new TempFolder();
        using var http = new HttpClient(new PackingProxy("gzip"));
        await using var cod = store.Open(folder.Path, options => options.HttpClientFactory = () => http);

        var result = await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal(JobOutcome.Complete, result.Outcome);
        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("br", "content-encoding that was not asked for")]
    [InlineData("gzip, gzip", "content-encoding that was not asked for")]
    [InlineData("broken", "says that it is gzip, and is not")]
    public async Task A_listing_that_is_packed_otherwise_is_named_as_such(string encoding, string message)
    {
        await using var store = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries();
        store.Put(study);
        using var http = new HttpClient(new PackingProxy(encoding));
        await using var cod = new CodDownload(store.Options(options => options.HttpClientFactory = () => http));
        cod.InitBucket(TestStore.Url);

        var stats = await cod.GetStatsAsync([study.StudyInstanceUid]);

        Assert.Contains(message, Assert.Single(stats.StudyFailures).Exception.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_password_of_a_proxy_is_in_no_exception()
    {
        using var proxy = new RefusingProxy();
        using var handler = new SocketsHttpHandler
        {
            // As HTTPS_PROXY=http://user:password@host gives it.
            Proxy = new WebProxy(new Uri($"http://someone:pass%40word@127.0.0.1:{proxy.Port}/")),
        };
        using var http = new HttpClient(handler);
        await using var cod = new CodDownload(new CodDownloadOptions
        {
            Endpoint = new Uri("https://storage.test/"),
            HttpClientFactory = () => http,
            MaxRetryAttempts = 0,
        });
        cod.InitBucket("gs://bucket/dicomweb");

        var thrown = await Assert.ThrowsAsync<ObjectStoreException>(() => cod.GetStatsAsync(["1.2"]));

        var failure = thrown.ToString();
        Assert.Equal((ObjectStoreFailure.ProxyAuthenticationRequired, 407), (thrown.Reason, thrown.StatusCode));
        Assert.DoesNotContain("pass@", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("pass%", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("someone", failure, StringComparison.Ordinal);
    }

    private sealed class PackingProxy(string encoding) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (!request.RequestUri!.Query.Contains("alt=media", StringComparison.Ordinal))
            {
                using var packed = new MemoryStream();
                await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                {
                    await response.Content.CopyToAsync(gzip, cancellationToken);
                }

                response.Content = new ByteArrayContent(encoding == "broken" ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] : packed.ToArray());
                response.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding == "broken" ? "gzip" : encoding);
            }

            return response;
        }
    }

    /// <summary>Responds to everything as a proxy does that knows neither the user nor the password.</summary>
    private sealed class RefusingProxy : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public RefusingProxy()
        {
            _listener.Start();
            _ = ServeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await using var stream = client.GetStream();
                    _ = await stream.ReadAsync(new byte[4096]);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
            {
                // The test is over.
            }
        }
    }
}
