using System.Net;
using CodRetrieve.Storage;
using Microsoft.Extensions.Http;

namespace CodRetrieve;

/// <summary>Sets in the host's handler what the library relies on, and leaves a proxy, certificates and limits that the host has set as they are.</summary>
internal static class PrimaryHandler
{
    public static void Prepare(HttpMessageHandlerBuilder builder, CodDownloadOptions options)
    {
        var proxy = EnvironmentProxy.OfProcess();
        switch (builder.PrimaryHandler)
        {
            case SocketsHttpHandler sockets:
                var isHostsProxy = sockets.Proxy is not null;
                HttpClientSource.Prepare(sockets, options, proxy);
                builder.PrimaryHandler = isHostsProxy ? sockets : HttpClientSource.Guard(sockets, proxy);
                break;
            case HttpClientHandler { SupportsAutomaticDecompression: true } client:
                client.AutomaticDecompression = DecompressionMethods.None;
                client.AllowAutoRedirect = false;
                client.UseCookies = false;
                client.Proxy ??= proxy;
                break;
            default:
                // A handler of the host's own making: what it does is the host's.
                break;
        }
    }
}
