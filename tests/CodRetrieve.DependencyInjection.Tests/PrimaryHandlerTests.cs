using System.Net;
using System.Security.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace CodRetrieve.DependencyInjection.Tests;

public sealed class PrimaryHandlerTests
{
    [Fact]
    public void A_handler_that_the_host_leaves_alone_gets_what_the_librarys_own_has()
    {
        using var services = new ServiceCollection().AddCodRetrieve(options => options.ConnectTimeout = TimeSpan.FromSeconds(7)).Services.BuildServiceProvider();

        var handler = Innermost(services);

        Assert.True(handler.Proxy!.IsBypassed(new Uri("http://127.0.0.1:4443/")));
        Assert.NotNull(handler.ConnectCallback);
        Assert.NotNull(handler.SslOptions.RemoteCertificateValidationCallback);
        Assert.Equal((TimeSpan.FromSeconds(7), DecompressionMethods.None, false, false), (handler.ConnectTimeout, handler.AutomaticDecompression, handler.AllowAutoRedirect, handler.UseCookies));
    }

    [Fact]
    public void What_the_host_has_set_stays()
    {
        var proxy = new WebProxy("http://proxy.hospital.example:3128");
        using var services = new ServiceCollection().AddCodRetrieve().ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            Proxy = proxy,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            AllowAutoRedirect = true,
            SslOptions = { EnabledSslProtocols = SslProtocols.Tls13, RemoteCertificateValidationCallback = (_, _, _, errors) => errors == System.Net.Security.SslPolicyErrors.None },
        }).Services.BuildServiceProvider();

        var handler = Innermost(services);

        Assert.Same(proxy, handler.Proxy);
        Assert.Equal((TimeSpan.FromSeconds(3), SslProtocols.Tls13, false), (handler.ConnectTimeout, handler.SslOptions.EnabledSslProtocols, handler.AllowAutoRedirect));
    }

    private static SocketsHttpHandler Innermost(IServiceProvider services)
    {
        var handler = services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(CodRetrieveServiceCollectionExtensions.HttpClientName);
        while (handler is DelegatingHandler delegating)
        {
            handler = delegating.InnerHandler!;
        }

        return Assert.IsType<SocketsHttpHandler>(handler);
    }
}
