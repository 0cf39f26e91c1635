using System.Net;

namespace CodRetrieve.Storage;

/// <summary>
/// Gives the client that requests go through, those to a store and those for its access tokens: the caller's, or one that is made when it is first
/// needed, with the proxy of the environment. Disposes what it made. Safe for use by several threads.
/// </summary>
internal sealed class HttpClientSource : IDisposable
{
    private readonly CodDownloadOptions _options;
    private readonly Lazy<(HttpClient Client, EnvironmentProxy Proxy)> _own;

    public HttpClientSource(CodDownloadOptions options)
        : this(options, null)
    {
    }

    /// <summary>With a proxy instead of the environment's; for tests.</summary>
    internal HttpClientSource(CodDownloadOptions options, EnvironmentProxy? proxy)
    {
        _options = options;
        _own = new(() => Create(proxy ?? EnvironmentProxy.OfProcess()));
    }

    /// <summary>What is the same for all that share connections, so that they can share tokens as well.</summary>
    public object Identity => (object?)_options.HttpClientFactory ?? this;

    /// <summary>Makes sure that requests can be made at all.</summary>
    /// <exception cref="ArgumentException">The environment names a proxy by what is no address of one.</exception>
    public void ThrowIfNotUsable()
    {
        if (_options.HttpClientFactory is null)
        {
            _ = _own.Value;
        }
    }

    public HttpClient GetClient() => _options.HttpClientFactory is { } factory ? factory() : _own.Value.Client;

    /// <summary>The proxy that a request goes through; <see langword="null"/> for none, and where the client is the caller's.</summary>
    public Uri? ProxyFor(Uri url) => _options.HttpClientFactory is null ? _own.Value.Proxy.GetProxy(url) : null;

    public void Dispose()
    {
        if (_own.IsValueCreated)
        {
            _own.Value.Client.Dispose();
        }
    }

    /// <summary>Sets what the library relies on, and what the options say where nobody has said otherwise.</summary>
    public static void Prepare(SocketsHttpHandler handler, CodDownloadOptions options, EnvironmentProxy proxy)
    {
        // Bytes are checked as they are stored, a redirect would carry the token away, and cookies are not wanted.
        handler.AutomaticDecompression = DecompressionMethods.None;
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
        handler.Proxy ??= proxy;
        handler.SslOptions.RemoteCertificateValidationCallback ??= new CertificateCheck(CertificateCheck.LoadAuthorities(options.CertificateAuthorityFile), options.TimeProvider).Validate;
        if (handler.ConnectTimeout == Timeout.InfiniteTimeSpan)
        {
            handler.ConnectTimeout = options.ConnectTimeout;
        }

        if (handler.PooledConnectionLifetime == Timeout.InfiniteTimeSpan)
        {
            // A job of many hours follows when the store's address changes.
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(10);
        }

        if (handler.ConnectCallback is null)
        {
            handler.ConnectCallback = static async (context, cancellationToken) =>
                await HappyEyeballs.OverSockets(isPlain: context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttp)
                    .ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The handler that keeps a wrong password from being sent to a proxy again and again, where there is a password.</summary>
    public static HttpMessageHandler Guard(HttpMessageHandler handler, EnvironmentProxy proxy) => proxy.HasPassword ? new ProxyLoginHandler(handler) : handler;

    private (HttpClient Client, EnvironmentProxy Proxy) Create(EnvironmentProxy proxy)
    {
        var handler = new SocketsHttpHandler();
        Prepare(handler, _options, proxy);

        // Time limits are set for each request and each read; one for all of a body would end long ones.
        return (new HttpClient(Guard(handler, proxy)) { Timeout = Timeout.InfiniteTimeSpan }, proxy);
    }
}
