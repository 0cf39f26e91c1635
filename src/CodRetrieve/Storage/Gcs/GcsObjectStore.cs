using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;

namespace CodRetrieve.Storage;

/// <summary>A bucket read over Cloud Storage's JSON API. One call makes one attempt (two where a token had to be renewed).</summary>
internal sealed class GcsObjectStore : IObjectStore
{
    // Everything the library needs of a listing, so that the responses stay small.
    private const string ListFields = "kind,items(name,size,generation,updated,crc32c,contentEncoding),prefixes,nextPageToken";

    private readonly Func<HttpClient> _http;
    private readonly Uri _endpoint;
    private readonly string _bucket;
    private readonly string? _userProject;
    private readonly IAccessTokenProvider _tokens;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    /// <param name="http">Gives the client for each request; none is disposed here.</param>
    /// <param name="bucket">The bucket's name.</param>
    /// <param name="credential">Where tokens come from.</param>
    /// <param name="options">Endpoint, time limits, clock and the project to bill.</param>
    public GcsObjectStore(Func<HttpClient> http, string bucket, CodCredential credential, CodDownloadOptions options)
    {
        _http = http;
        _endpoint = options.Endpoint;
        _bucket = bucket;
        _userProject = options.UserProject;
        _tokens = credential.Source;
        _timeout = options.IdleTimeout;
        _time = options.TimeProvider;
    }

    public string GetUri(string objectName) => $"gs://{_bucket}/{objectName}";

    public async Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken)
    {
        var target = new StringBuilder("o?prefix=").Append(Uri.EscapeDataString(prefix))
            .Append("&maxResults=1000&fields=").Append(Uri.EscapeDataString(ListFields));
        if (pageToken is not null)
        {
            target.Append("&pageToken=").Append(Uri.EscapeDataString(pageToken));
        }

        var uri = GetUri(prefix);
        using var response = await SendAsync(target, uri, null, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw await FailureAsync(response, uri, isPinned: false, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var content = new IdleTimeoutStream(body, _timeout, uri, _time);
            await using var closing = content.ConfigureAwait(false);
            if (response.Content.Headers.ContentType?.MediaType is "text/html")
            {
                var words = await GcsError.ReadWordsAsync(response, content, uri, cancellationToken).ConfigureAwait(false);
                throw new ObjectStoreException(
                    ObjectStoreFailure.InvalidResponse,
                    $"{uri}: a page of HTML came instead of a listing (\"{words}\"). A proxy, or the sign-in page of a network, is likely between: sign in, or check the proxy.");
            }

            var json = GcsResponse.IsCompressed(response, uri) ? new GZipStream(content, CompressionMode.Decompress) : (Stream)content;
            await using var closingJson = json.ConfigureAwait(false);
            return await GcsListing.ReadAsync(json, uri, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new ObjectStoreException(ObjectStoreFailure.InvalidResponse, $"{uri}: the listing says that it is gzip, and is not.", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Unavailable, $"{uri}: the connection broke while it was listed.", RedactedException.Of(e));
        }
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
        try
        {
            return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent
                ? await GcsResponse.ReadBodyAsync(response, uri, cancellationToken).ConfigureAwait(false)
                : throw await FailureAsync(response, uri, generation is not null, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<ObjectStoreException> FailureAsync(HttpResponseMessage response, string uri, bool isPinned, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var content = new IdleTimeoutStream(body, _timeout, uri, _time);
        await using var closing = content.ConfigureAwait(false);

        // However slowly it comes: the status is known.
        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var error = await GcsError.ReadAsync(response, content, uri, stop.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return GcsResponse.Failure(response, uri, error, isPinned);
    }

    private async Task<HttpResponseMessage> SendAsync(StringBuilder target, string uri, ByteRange? range, CancellationToken cancellationToken)
    {
        if (_userProject is not null)
        {
            target.Append("&userProject=").Append(Uri.EscapeDataString(_userProject));
        }

        var url = new Uri(_endpoint, $"storage/v1/b/{Uri.EscapeDataString(_bucket)}/{target}");
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
        using var timeout = new CancellationTokenSource(_timeout, _time);
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
                $"{uri}: the credential gave no access token for {_timeout.TotalSeconds:0.###} s (the idle timeout). Check what its tokens come from, or give it more time.",
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

        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await _http().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError || e.InnerException is AuthenticationException)
        {
            throw new ObjectStoreException(ObjectStoreFailure.InsecureConnection, $"{uri}: no trusted TLS connection to {url.Host} can be made.", RedactedException.Of(e));
        }
        catch (HttpRequestException e)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Unavailable, $"{uri}: {url.Host} cannot be reached ({e.HttpRequestError}).", RedactedException.Of(e));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // The store's own time limit, or one that the caller's HttpClient sets.
            throw new ObjectStoreException(ObjectStoreFailure.Unavailable, $"{uri}: {url.Host} did not respond in time.", e);
        }
    }
}
