using System.Collections.Concurrent;
using System.Net;
using CodRetrieve.DependencyInjection.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CodRetrieve.DependencyInjection.Tests;

/// <summary>What the host configures for its HTTP clients holds for every request to a store.</summary>
public sealed class HttpClientTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_request_goes_through_the_proxy_of_the_host(bool forAllClients)
    {
        await using var store = await TestStore.StartAsync();
        await using var proxy = await ForwardProxy.StartAsync();
        var study = store.Put(TestHost.SmallStudy(1));
        SocketsHttpHandler ThroughProxy() => new() { Proxy = new WebProxy(proxy.Address) };
        using var host = TestHost.Build(services =>
        {
            var client = services.AddCodRetrieve(options => options.Endpoint = store.Server.Endpoint);
            if (forAllClients)
            {
                services.ConfigureHttpClientDefaults(defaults => defaults.ConfigurePrimaryHttpMessageHandler(ThroughProxy));
            }
            else
            {
                client.ConfigurePrimaryHttpMessageHandler(ThroughProxy);
            }
        });
        using var folder = new TempFolder();
        await using var cod = host.Factory().Create(folder.Path, TestStore.Url);

        await cod.GetStatsAsync([study.StudyInstanceUid]);
        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal(study.Expected(), SavedFiles.InFolder(folder.Path));
        Assert.NotEmpty(proxy.Targets);
        Assert.Equal(
            store.Server.Requests.Select(request => request.Target).Order(StringComparer.Ordinal),
            proxy.Targets.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_request_passes_the_handlers_of_the_host()
    {
        await using var store = await TestStore.StartAsync();
        var study = store.Put(TestHost.SmallStudy(2));
        var seen = new ConcurrentQueue<Uri>();
        using var host = TestHost.Build(services => services
            .AddCodRetrieve(options => options.Endpoint = store.Server.Endpoint)
            .AddHttpMessageHandler(() => new NotingHandler(seen)));
        using var folder = new TempFolder();
        await using var cod = host.Factory().Create(folder.Path, TestStore.Url);

        await cod.CreateWatchedJob([study.StudyInstanceUid]).RunAsync();

        Assert.Equal(store.Server.Requests.Count, seen.Count);
    }

    [Fact]
    public void A_handler_of_the_host_keeps_its_certificates_and_follows_no_redirect()
    {
        using var handler = new SocketsHttpHandler { Proxy = new WebProxy("http://proxy.test"), MaxConnectionsPerServer = 5 };
        handler.SslOptions.ClientCertificates = [];
        using var host = TestHost.Build(services => services.AddCodRetrieve().ConfigurePrimaryHttpMessageHandler(() => handler));

        using var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient(CodRetrieveServiceCollectionExtensions.HttpClientName);

        Assert.False(handler.AllowAutoRedirect);
        Assert.False(handler.UseCookies);
        Assert.Equal(DecompressionMethods.None, handler.AutomaticDecompression);
        Assert.Equal(new CodDownloadOptions().ConnectTimeout, handler.ConnectTimeout);
        Assert.Equal(5, handler.MaxConnectionsPerServer);
        Assert.NotNull(handler.SslOptions.ClientCertificates);
        Assert.NotNull(handler.Proxy);
        Assert.Equal(Timeout.InfiniteTimeSpan, client.Timeout);
    }

    private sealed class NotingHandler(ConcurrentQueue<Uri> seen) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            seen.Enqueue(request.RequestUri!);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
