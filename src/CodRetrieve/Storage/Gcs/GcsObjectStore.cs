using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace CodRetrieve.Storage;

/// <summary>A bucket read over Cloud Storage's JSON API. One call makes one attempt (two where a token had to be renewed).</summary>
internal sealed class GcsObjectStore : IObjectStore
{
    private readonly HttpClientSource _http;
    private readonly Uri _endpoint;
    private readonly string _bucket;
    private readonly string? _userProject;
    private readonly IAccessTokenProvider _tokens;
    private readonly AnonymousFallback? _fallback;
    private readonly ReadLimits _limits;
    private readonly TimeProvider _time;
    private readonly GcsResponseReader _responses;
    private HttpClient? _client;

    /// <param name="http">Gives the client for each request; not owned.</param>
    /// <param name="bucket">The bucket's name.</param>
    /// <param name="credential">Where tokens come from.</param>
    /// <param name="options">Endpoint, time limits, clock and the project to bill.</param>
    public GcsObjectStore(HttpClientSource http, string bucket, CodCredential credential, CodDownloadOptions options)
    {
        _http = http;
        _endpoint = options.Endpoint;
        _bucket = bucket;
        _userProject = options.UserProject;
        _tokens = credential.GetTokens(http, options.TimeProvider);
        _fallback = credential.HasAnonymousFallback ? new AnonymousFallback() : null;
        _limits = ReadLimits.Of(options);
        _time = options.TimeProvider;
        _responses = new GcsResponseReader(_limits, _time);
    }

    /// <summary>The same bucket, read by one client from now on: a caller's factory may make connections for each that it gives.</summary>
    public GcsObjectStore WithOneClient()
    {
        var copy = (GcsObjectStore)MemberwiseClone();
        copy._client = _http.GetClient();
        return copy;
    }

    public string GetUri(string objectName) => $"gs://{_bucket}/{objectName}";

    public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) =>
        ListPageAsync(prefix, null, pageToken, cancellationToken);

    public Task<ObjectListPage> ListFromAsync(string prefix, string startOffset, string? pageToken, CancellationToken cancellationToken) =>
        ListPageAsync(prefix, startOffset, pageToken, cancellationToken);

    private async Task<ObjectListPage> ListPageAsync(string prefix, string? startOffset, string? pageToken, CancellationToken cancellationToken)
    {
        var target = new StringBuilder("o?prefix=").Append(Uri.EscapeDataString(prefix))
            .Append("&maxResults=1000&fields=").Append(Uri.EscapeDataString(GcsResponseReader.ListFields));
        // With a page token, too: the other parameters of a listing stay the same from page to page.
        if (startOffset is not null)
        {
            target.Append("&startOffset=").Append(Uri.EscapeDataString(startOffset));
        }

        if (pageToken is not null)
        {
            target.Append("&pageToken=").Append(Uri.EscapeDataString(pageToken));
        }

        var uri = GetUri(prefix);
        using var response = await SendAsync(target, uri, null, cancellationToken).ConfigureAwait(false);
        return await _responses.ReadListingAsync(response, uri, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ObjectContent> OpenReadAsync(string objectName, long? generation, ByteRange? range, CancellationToken cancellationToken)
    {
        var target = new StringBuilder("o/").Append(Uri.EscapeDataString(objectName)).Append("?alt=media");
        if (generation is { } pinned)
        {
            target.Append("&generation=").Append(pinned.ToString(CultureInfo.InvariantCulture));
        }

        var uri = GetUri(objectName);
        var response = await SendAsync(target, uri, range, cancellationToken).ConfigureAwait(false);
        return await _responses.ReadBodyAsync(response, uri, isPinned: generation is not null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendAsync(StringBuilder target, string uri, ByteRange? range, CancellationToken cancellationToken)
    {
        if (_userProject is not null)
        {
            target.Append("&userProject=").Append(Uri.EscapeDataString(_userProject));
        }

        var url = new Uri(_endpoint, $"storage/v1/b/{Uri.EscapeDataString(_bucket)}/{target}");
        return _fallback is null
            ? await SendAuthorizedAsync(url, uri, range, cancellationToken).ConfigureAwait(false)
            : await _fallback.SendAsync(
                () => SendAuthorizedAsync(url, uri, range, cancellationToken),
                () => SendOnceAsync(url, uri, range, token: null, cancellationToken),
                cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendAuthorizedAsync(Uri url, string uri, ByteRange? range, CancellationToken cancellationToken)
    {
        var token = await GetTokenAsync(uri, null, cancellationToken).ConfigureAwait(false);
        var response = await SendOnceAsync(url, uri, range, token, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized || token is null)
        {
            return response;
        }

        var fresh = await GetTokenAsync(uri, token, cancellationToken).ConfigureAwait(false);
        if (fresh == token)
        {
            return response;
        }

        response.Dispose();
        return await SendOnceAsync(url, uri, range, fresh, cancellationToken).ConfigureAwait(false);
    }

    // Whoever gives tokens may never respond, and may take no notice of being cancelled: the wait ends all the same.
    private async ValueTask<string?> GetTokenAsync(string uri, string? stale, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_limits.IdleTimeout, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var token = _tokens.GetAsync(stale, stop.Token);
            return token.IsCompleted ? await token.ConfigureAwait(false) : await token.AsTask().WaitAsync(stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not CodRetrieveException && timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectStoreException(
                _tokens.OnTimeout,
                $"{uri}: the credential gave no access token for {_limits.IdleTimeout.TotalSeconds:0.###} s (the idle timeout: IdleTimeout, --idle-timeout). Check what its tokens come from, or give it more time.",
                e);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        Uri url, string uri, ByteRange? range, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = HttpVersion.Version11 };
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        if (range is { } wanted)
        {
            request.Headers.Range = new RangeHeaderValue(wanted.Start, wanted.EndExclusive - 1);
        }

        if (token is not null)
        {
            if (url.Scheme != Uri.UriSchemeHttps && !url.IsLoopback)
            {
                throw new ObjectStoreException(ObjectStoreFailure.InsecureConnection, $"{uri}: a token is not sent over plain http to another machine. Use an https endpoint.");
            }

            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var timeout = new CancellationTokenSource(_limits.IdleTimeout, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await (_client ?? _http.GetClient()).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (ConnectionFailure.Is(e))
        {
            throw ConnectionFailure.Of(e, uri, url, _http.ProxyFor(url));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // The store's own time limit, one for making a connection, or one that the caller's HttpClient sets.
            var through = _http.ProxyFor(url) is { } proxy ? $", by the proxy {proxy.Host}:{proxy.Port}," : "";
            throw new ObjectStoreException(
                ObjectStoreFailure.Unavailable,
                timeout.IsCancellationRequested
                    ? $"{uri}: no response of {url.Host} came{through} within {_limits.IdleTimeout.TotalSeconds:0.###} s (the idle timeout: IdleTimeout, --idle-timeout). What scans or buffers on the way may need more."
                    : $"{uri}: no connection to {url.Host} was made{through} in time (ConnectTimeout, --connect-timeout).",
                e);
        }
    }
}
