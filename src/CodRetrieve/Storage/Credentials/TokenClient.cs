using Google.Apis.Http;

namespace CodRetrieve.Storage;

/// <summary>Sends the requests of Google's library for tokens the way that those to the store take: through the same proxy, authorities and handlers.</summary>
/// <param name="http">The client of the requests to the store.</param>
internal sealed class TokenClient(HttpClientSource http) : HttpClientFactory
{
    private volatile ObjectStoreException? _failure;
    private volatile int _status;

    /// <summary>Why the last request got no response; <see langword="null"/> where it got one.</summary>
    public ObjectStoreException? Failure => _failure;

    /// <summary>The status of the last response; 0 before there was one.</summary>
    public int Status => _status;

    /// <summary>A token is wanted: what failed before may be tried again.</summary>
    public void Begin() => _failure = null;

    protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => new Forwarding(this, http);

    private sealed class Forwarding(TokenClient owner, HttpClientSource http) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (owner._failure is { IsFatal: true } failure)
            {
                // Google's library tries again what failed. A password that a proxy refused must not be sent twice.
                throw new OperationCanceledException(failure.Message, failure);
            }

            using var copy = await CopyAsync(request, cancellationToken).ConfigureAwait(false);
            try
            {
                var response = await http.GetClient().SendAsync(copy, cancellationToken).ConfigureAwait(false);
                response.RequestMessage = request;
                owner._status = (int)response.StatusCode;
                owner._failure = owner._status == 407
                    ? new ObjectStoreException(ObjectStoreFailure.ProxyAuthenticationRequired, ConnectionFailure.ProxyWantsLogin(http.ProxyFor(request.RequestUri!)) + ".") { StatusCode = 407 }
                    : null;
                return response;
            }
            catch (Exception e) when (ConnectionFailure.Is(e))
            {
                owner._failure = ConnectionFailure.Of(e, "access token", request.RequestUri!, http.ProxyFor(request.RequestUri!));
                throw;
            }
        }

        // A request that one client sends cannot be sent by another.
        private static async Task<HttpRequestMessage> CopyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy };
            foreach (var (name, values) in request.Headers)
            {
                copy.Headers.TryAddWithoutValidation(name, values);
            }

            if (request.Content is { } content)
            {
                copy.Content = new ByteArrayContent(await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
                foreach (var (name, values) in content.Headers)
                {
                    copy.Content.Headers.TryAddWithoutValidation(name, values);
                }
            }

            return copy;
        }
    }
}
