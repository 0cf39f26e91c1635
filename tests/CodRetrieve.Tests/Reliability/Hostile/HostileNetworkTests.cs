using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Reliability.Hostile;

/// <summary>Networks that want the token.</summary>
public sealed class HostileNetworkTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(RequestKind.List, false)]
    [InlineData(RequestKind.Media, false)]
    [InlineData(RequestKind.List, true)]
    [InlineData(RequestKind.Media, true)]
    public async Task A_redirect_does_not_carry_the_token_to_another_host(RequestKind kind, bool ownClientFollowsRedirects)
    {
        await using var store = await TestStore.StartAsync();
        await using var thief = await TestStore.StartAsync();
        var study = new SyntheticStudy(seed: 1);
        study.AddSeries(new() { InstanceCount = 2 });
        store.Put(study);
        store.Server.Faults.Add(Fault.Redirect(new Uri(thief.Server.Endpoint, "storage/v1/b/test-bucket/o?stolen=1")), kind);
        using var following = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = true });
        var scan = new LeakScan();
        await using var cod = new CodDownload(store.Options(options =>
        {
            options.Credential = CodCredential.FromAccessToken(HostileStore.Token);
            options.HttpClientFactory = ownClientFollowsRedirects ? () => following : null;
            options.LoggerFactory = scan;
        }));
        cod.InitBucket(TestStore.Url);

        var result = await scan.Watch(cod.CreateWatchedJob([study.StudyInstanceUid], new MemorySaveHandler())).RunAsync();

        scan.Add(result);
        Assert.Equal(JobOutcome.Incomplete, result.Outcome);
        Assert.Equal(ownClientFollowsRedirects, thief.Server.Requests.Count > 0);
        Assert.All(thief.Server.Requests, request => Assert.Null(request.BearerToken));
        scan.AssertNothingLeaked(HostileStore.Token);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_certificate_that_is_not_trusted_ends_the_job_at_once_and_gets_no_request()
    {
        using var certificate = SelfSigned();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(listener, certificate, stop.Token);
        var scan = new LeakScan();
        await using var cod = new CodDownload(new CodDownloadOptions
        {
            Endpoint = new Uri($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/"),
            Credential = CodCredential.FromAccessToken(HostileStore.Token),
            LoggerFactory = scan,
        });
        cod.InitBucket("gs://test-bucket");

        var stopped = await Assert.ThrowsAsync<JobFailedException>(async () =>
            await scan.Watch(cod.CreateWatchedJob(["1.2.3"], new MemorySaveHandler())).RunAsync());

        await stop.CancelAsync();
        var (connections, received) = await serving;
        scan.Add(stopped);
        Assert.Equal(ObjectStoreFailure.InsecureConnection, Assert.IsType<ObjectStoreException>(stopped.InnerException).Reason);
        Assert.Equal(1, connections);
        Assert.Equal(0, received);
        scan.AssertNothingLeaked(HostileStore.Token);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_is_not_sent_over_plain_http_but_to_this_machine()
    {
        var sent = new List<Uri>();
        using var http = new HttpClient(new Recorder(sent));
        await using var cod = new CodDownload(new CodDownloadOptions
        {
            Endpoint = new Uri("http://storage.example.org/"),
            Credential = CodCredential.FromAccessToken(HostileStore.Token),
            HttpClientFactory = () => http,
            LoggerFactory = LeakWatch.Loggers(),
        });
        cod.InitBucket("gs://test-bucket");

        var stopped = await Assert.ThrowsAsync<JobFailedException>(async () =>
            await (cod.CreateWatchedJob(["1.2.3"], new MemorySaveHandler())).RunAsync());

        Assert.Equal(ObjectStoreFailure.InsecureConnection, Assert.IsType<ObjectStoreException>(stopped.InnerException).Reason);
        Assert.Empty(sent);
    }

    private static async Task<(int Connections, int Received)> ServeAsync(TcpListener listener, X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        var (connections, received) = (0, 0);
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(cancellationToken);
                connections++;
                await using var tls = new SslStream(client.GetStream());
                try
                {
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
                    received += await tls.ReadAsync(new byte[1_000], cancellationToken);
                }
                catch (Exception e) when (e is IOException or AuthenticationException)
                {
                    // The client left, as it should.
                }
            }
        }
        catch (OperationCanceledException)
        {
            return (connections, received);
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private sealed class Recorder(List<Uri> sent) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            sent.Add(request.RequestUri!);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }
}
