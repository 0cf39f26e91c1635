using System.Net;

namespace CodRetrieve.Storage;

/// <summary>Makes the client that requests go through when the caller gives none.</summary>
internal static class HttpClientBuilder
{
    public static HttpClient CreateClient(CodDownloadOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            // A job of many hours follows when the store's address changes.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            // Bytes are checked as they are stored, a redirect would carry the token away, and cookies are not wanted.
            AutomaticDecompression = DecompressionMethods.None,
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        // Time limits are set for each request and each read; one for all of a body would end long ones.
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
