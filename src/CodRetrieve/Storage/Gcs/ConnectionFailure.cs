using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace CodRetrieve.Storage;

/// <summary>What it means when a request gets no response: which machine is to blame, and whether another attempt is worth it.</summary>
internal static class ConnectionFailure
{
    private const string Remedy =
        "Add the authority to the system's store or to the file that SSL_CERT_FILE names, or give its certificate (CertificateAuthorityFile, --ca-cert)";

    /// <param name="exception">What sending threw.</param>
    /// <param name="uri">The object, for the message.</param>
    /// <param name="url">The address of the request.</param>
    /// <param name="proxy">The proxy that it goes through; <see langword="null"/> for none, and where it is not known.</param>
    public static ObjectStoreException Of(Exception exception, string uri, Uri url, Uri? proxy)
    {
        var failure = exception as HttpRequestException ?? new HttpRequestException(exception.Message, exception);
        var (reason, message) = Explain(failure, url, proxy);
        return new ObjectStoreException(reason, $"{uri}: {message}.", RedactedException.Of(failure)) { StatusCode = (int?)failure.StatusCode };
    }

    /// <summary>Whether it is what sending throws where there is no connection: HttpClient lets a SocketException through when one is reset as soon as it is made.</summary>
    public static bool Is(Exception exception) => exception is HttpRequestException or SocketException;

    private static (ObjectStoreFailure Reason, string Message) Explain(HttpRequestException exception, Uri url, Uri? proxy)
    {
        var through = proxy is null ? "" : $" through the proxy {NameOf(proxy)}";
        return exception.InnerException switch
        {
            CertificateRejectedException rejected => (ObjectStoreFailure.InsecureConnection, $"the certificate of {url.Host}{through} is rejected: {rejected.Message}. {Remedy}"),
            // Of a client that is not this library's: the message of the platform says why.
            AuthenticationException rejected => (ObjectStoreFailure.InsecureConnection, $"no trusted TLS connection to {url.Host}{through} can be made: {rejected.Message.TrimEnd('.')}. {Remedy}"),
            TlsExpectedException => (ObjectStoreFailure.Rejected, NotHttp(url)),
            _ => (exception.HttpRequestError, exception.StatusCode) switch
            {
                (_, HttpStatusCode.ProxyAuthenticationRequired) => (ObjectStoreFailure.ProxyAuthenticationRequired, ProxyWantsLogin(proxy)),
                (HttpRequestError.ProxyTunnelError, null) => (ObjectStoreFailure.Unavailable, $"{Proxy(proxy)} cannot be reached, or gives no connection to {url.Host}"),
                (HttpRequestError.ProxyTunnelError, var status) => (GcsResponse.IsBusy((int)status.Value) ? ObjectStoreFailure.Unavailable : ObjectStoreFailure.Rejected, $"{Proxy(proxy)} gives no connection to {url.Host} (HTTP {(int)status})"),
                (HttpRequestError.ConfigurationLimitExceeded, _) => (ObjectStoreFailure.Rejected, $"the headers of the response of {url.Host}{through} are longer than is allowed. Check what is between"),
                (HttpRequestError.SecureConnectionError, _) => (ObjectStoreFailure.Unavailable, $"the TLS connection to {url.Host}{through} broke while it was made"),
                (HttpRequestError.InvalidResponse, _) when url.Scheme == Uri.UriSchemeHttp => (ObjectStoreFailure.Rejected, NotHttp(url)),
                (HttpRequestError.NameResolutionError, _) when proxy is not null => (ObjectStoreFailure.Unavailable, $"the name of {Proxy(proxy)} is not known"),
                (HttpRequestError.NameResolutionError, _) => (ObjectStoreFailure.Unavailable, $"the name {url.Host} is not known. Check the network and its DNS, or set HTTPS_PROXY if there is a proxy"),
                (HttpRequestError.ConnectionError, _) when proxy is not null => (ObjectStoreFailure.Unavailable, $"{Proxy(proxy)} cannot be reached{Cause(exception)}"),
                var (error, _) => (ObjectStoreFailure.Unavailable, $"{url.Host} cannot be reached{through}{Cause(exception) ?? $" ({error})"}"),
            },
        };
    }

    /// <summary>That the proxy wants a user and a password, or others.</summary>
    public static string ProxyWantsLogin(Uri? proxy) =>
        $"{Proxy(proxy)} wants a login, or refused the one that it was given (HTTP 407). Give user and password in HTTPS_PROXY (http://user:password@host:port), with characters such as @ and : escaped by %";

    private static string NotHttp(Uri url) => $"{url.Authority} does not speak HTTP. If it speaks HTTPS, the endpoint must begin with https";

    private static string Proxy(Uri? proxy) => proxy is null ? "the proxy" : $"the proxy {NameOf(proxy)}";

    // Never the user and the password.
    private static string NameOf(Uri proxy) => $"{proxy.Host}:{proxy.Port}";

    private static string? Cause(HttpRequestException exception) =>
        exception.InnerException is SocketException socket ? $" ({socket.SocketErrorCode})" : null;
}
