using System.Net;

namespace CodRetrieve;

/// <summary>Sets in the host's handler what the library relies on, and leaves proxy, certificates and limits as they are.</summary>
internal static class PrimaryHandler
{
    public static void Prepare(HttpMessageHandler? handler, TimeSpan connectTimeout)
    {
        switch (handler)
        {
            // Bytes are checked as they are stored, a redirect would carry the token away, and cookies are not wanted.
            case SocketsHttpHandler sockets:
                sockets.AutomaticDecompression = DecompressionMethods.None;
                sockets.AllowAutoRedirect = false;
                sockets.UseCookies = false;
                if (sockets.ConnectTimeout == Timeout.InfiniteTimeSpan)
                {
                    sockets.ConnectTimeout = connectTimeout;
                }

                break;
            case HttpClientHandler { SupportsAutomaticDecompression: true } client:
                client.AutomaticDecompression = DecompressionMethods.None;
                client.AllowAutoRedirect = false;
                client.UseCookies = false;
                break;
            default:
                // A handler of the host's own making: what it does is the host's.
                break;
        }
    }
}
