using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CodRetrieve.Storage;

namespace CodRetrieve.DicomWeb;

/// <summary>Sends requests to a receiver: connections, credentials and time limits. One call makes one attempt, two where a token had to be renewed. Safe for use by several threads.</summary>
internal sealed class ReceiverClient : IDisposable
{
    private readonly StowSaveHandlerOptions _options;
    private readonly HttpClient? _own;
    private readonly Uri? _proxy;
    private readonly HttpClientSource _source;
    private readonly IAccessTokenProvider _tokens;
    private readonly AuthenticationHeaderValue? _basic;

    public ReceiverClient(StowSaveHandlerOptions options)
    {
        _options = options;
        var connection = new CodDownloadOptions
        {
            HttpClientFactory = options.HttpClientFactory,
            CertificateAuthorityFile = options.CertificateAuthorityFile,
            ConnectTimeout = options.ConnectTimeout,
            TimeProvider = options.TimeProvider,
        };
        if (connection.HttpClientFactory is null)
        {
            var proxy = EnvironmentProxy.OfProcess();
            _proxy = proxy.GetProxy(options.ServiceUrl);
            var own = _own = Create(connection, options, proxy);
            connection.HttpClientFactory = () => own;
        }

        _source = new HttpClientSource(connection);
        _tokens = options.Credential.GetTokens(_source, options.TimeProvider);
        _basic = options.UserName is { } user
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}")))
            : null;
    }

    /// <summary>The receiver, for messages.</summary>
    public string Name => _options.Receiver;

    /// <summary>The proxy before it; <see langword="null"/> for none, and where the client is the caller's.</summary>
    public Uri? Proxy => _proxy;

    public Uri Url(string relative) => new(_options.ServiceUrl, relative);

    /// <summary>Sends a request and reads its response.</summary>
    /// <exception cref="ReceiverUnavailableException">There is no response, or not all of it.</exception>
    public Task<ReceiverResponse> SendAsync(Func<IdleWatch, HttpRequestMessage> create, CancellationToken cancellationToken) =>
        SendAsync(create, ReceiverResponse.ReadAsync, cancellationToken);

    /// <summary>Sends a request and lets a function read the response.</summary>
    /// <exception cref="ReceiverUnavailableException">There is no response, or not all of it.</exception>
    /// <exception cref="DestinationException">There is no connection, and will be none: a certificate is rejected, or the proxy wants a login.</exception>
    public async Task<T> SendAsync<T>(Func<IdleWatch, HttpRequestMessage> create, Func<HttpResponseMessage, IdleWatch, Task<T>> read, CancellationToken cancellationToken)
    {
        using var watch = new IdleWatch(_options.IdleTimeout, _options.TimeProvider, cancellationToken);
        try
        {
            var token = _basic is null ? await GetTokenAsync(null, watch).ConfigureAwait(false) : null;
            var response = await SendOnceAsync(create(watch), token, watch).ConfigureAwait(false);
            try
            {
                if (response.StatusCode == HttpStatusCode.Unauthorized && token is not null
                    && await GetTokenAsync(token, watch).ConfigureAwait(false) is { } fresh && fresh != token)
                {
                    DeliveryLog.TokenRefused(_options.Logger, Name);
                    response.Dispose();
                    response = await SendOnceAsync(create(watch), fresh, watch).ConfigureAwait(false);
                }

                return await read(response, watch).ConfigureAwait(false);
            }
            finally
            {
                response.Dispose();
            }
        }
        catch (Exception e) when (ConnectionFailure.Is(e) || e is IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Failure(e, watch);
        }
    }

    public void Dispose()
    {
        _source.Dispose();
        _own?.Dispose();
    }

    private static HttpClient Create(CodDownloadOptions connection, StowSaveHandlerOptions options, EnvironmentProxy proxy)
    {
        var handler = new SocketsHttpHandler();
        HttpClientSource.Prepare(handler, connection, proxy);
        if (options.ClientCertificate is { } certificate)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        return new HttpClient(HttpClientSource.Guard(handler, proxy)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private Exception Failure(Exception cause, IdleWatch watch)
    {
        if (watch.HasFired)
        {
            return new ReceiverUnavailableException(
                $"{Name}: the request made no progress for {_options.IdleTimeout.TotalSeconds:0.###} s (IdleTimeout). What the receiver does with a request may need more.", cause);
        }

        var broke = $"{Name}: the connection broke. Check that the receiver runs, and its log.";
        if (!ConnectionFailure.Is(cause))
        {
            return new ReceiverUnavailableException(broke, cause);
        }

        // What another attempt does not change. A response that is none may be what is left of an earlier one on the same connection.
        var failure = ConnectionFailure.Of(cause, Name, _options.ServiceUrl, _proxy);
        return failure.Reason is ObjectStoreFailure.InsecureConnection or ObjectStoreFailure.ProxyAuthenticationRequired
            || (failure.Reason == ObjectStoreFailure.Rejected && cause is HttpRequestException { HttpRequestError: not HttpRequestError.InvalidResponse })
            ? new DestinationException(DestinationFailure.Unreachable, failure.Message, failure)
            : new ReceiverUnavailableException(cause is HttpRequestException { HttpRequestError: HttpRequestError.Unknown or HttpRequestError.ResponseEnded } ? broke : failure.Message, failure);
    }

    private async ValueTask<string?> GetTokenAsync(string? refused, IdleWatch watch)
    {
        try
        {
            return await _tokens.GetAsync(refused, watch.Token).ConfigureAwait(false);
        }
        catch (ObjectStoreException e)
        {
            // Credentials name the store: here, it is the receiver that nothing can be sent to.
            throw new DestinationException(DestinationFailure.AccessDenied, $"{Name}: there is no access token. {e.Message}", e);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, string? token, IdleWatch watch)
    {
        using (request)
        {
            request.Version = HttpVersion.Version11;
            request.Headers.Authorization = _basic ?? (token is null ? null : new AuthenticationHeaderValue("Bearer", token));
            if (request.Headers.Authorization is not null && request.RequestUri is { IsLoopback: false } url && url.Scheme != Uri.UriSchemeHttps)
            {
                throw new DestinationException(DestinationFailure.AccessDenied, $"{Name}: a token or password is not sent over plain http to another machine. Use an https address.");
            }

            return await _source.GetClient().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, watch.Token).ConfigureAwait(false);
        }
    }
}
