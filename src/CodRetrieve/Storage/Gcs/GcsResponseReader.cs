using System.IO.Compression;
using System.Net;

namespace CodRetrieve.Storage;

/// <summary>Turns responses of the JSON API into pages, bodies and failures, whoever sent the requests. Safe for several responses at once.</summary>
/// <param name="limits">How slowly a listing, or the body of a refusal, may come.</param>
/// <param name="time">The clock.</param>
internal sealed class GcsResponseReader(ReadLimits limits, TimeProvider time)
{
    /// <summary>Everything the library needs of a listing, so that the responses stay small.</summary>
    public const string ListFields = "kind,items(name,size,generation,updated,crc32c,contentEncoding,storageClass),prefixes,nextPageToken";

    /// <summary>Reads the response to a list request, which stays the caller's.</summary>
    public async Task<ObjectListPage> ReadListingAsync(HttpResponseMessage response, string uri, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw await FailureAsync(response, uri, isPinned: false, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var content = new IdleTimeoutStream(body, limits, uri, time);
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

    /// <summary>Opens the body of the response to a media request. The body owns the response; a failure disposes it.</summary>
    public async Task<ObjectContent> ReadBodyAsync(HttpResponseMessage response, string uri, bool isPinned, CancellationToken cancellationToken)
    {
        try
        {
            return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent
                ? await GcsResponse.ReadBodyAsync(response, uri, cancellationToken).ConfigureAwait(false)
                : throw await FailureAsync(response, uri, isPinned, cancellationToken).ConfigureAwait(false);
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
        var content = new IdleTimeoutStream(body, limits, uri, time);
        await using var closing = content.ConfigureAwait(false);

        // However slowly it comes: the status is known.
        using var timeout = new CancellationTokenSource(limits.IdleTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var error = await GcsError.ReadAsync(response, content, uri, stop.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return GcsResponse.Failure(response, uri, error, isPinned, time.GetUtcNow());
    }
}
