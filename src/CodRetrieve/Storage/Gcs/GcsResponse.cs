using System.Globalization;
using System.Net;

namespace CodRetrieve.Storage;

/// <summary>Reads what a response of the JSON API to a media request says: which bytes of which generation, or why not.</summary>
internal static class GcsResponse
{
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(5);

    public static async Task<ObjectContent> ReadBodyAsync(HttpResponseMessage response, string uri, CancellationToken cancellationToken)
    {
        var headers = response.Content.Headers;
        var range = headers.ContentRange;
        if (response.StatusCode == HttpStatusCode.PartialContent && range?.From is null)
        {
            throw new ObjectStoreException(ObjectStoreFailure.InvalidResponse, $"{uri}: a partial response came without saying which part.");
        }

        // Judged by its Content-Range wherever there is one, whatever the status: Google's test bench responds with 200 with a range.
        var length = range?.From is { } from ? range.To - from + 1 : headers.ContentLength;
        if (range?.From is not null && headers.ContentLength is { } announced && announced != length)
        {
            throw new ObjectStoreException(ObjectStoreFailure.InvalidResponse, $"{uri}: Content-Length and Content-Range of the response disagree.");
        }

        var isUnpacked = headers.ContentEncoding.Count == 0 && Header(response, "x-goog-stored-content-encoding") == "gzip";
        var content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return new ObjectContent(content, range?.From ?? 0, response)
        {
            HasContentRange = range?.From is not null,
            LengthBytes = isUnpacked ? null : length,
            ObjectSizeBytes = isUnpacked ? null : range is null ? headers.ContentLength : range.Length,
            Generation = long.TryParse(Header(response, "x-goog-generation"), NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : null,
            IsDecompressed = isUnpacked,
            IsCompressed = headers.ContentEncoding.Any(static encoding => encoding is "gzip" or "x-gzip"),
        };
    }

    /// <summary>Whether a body that is not a stored object must be decompressed: gzip is accepted, and proxies add it.</summary>
    /// <exception cref="ObjectStoreException">It has another content-encoding.</exception>
    public static bool IsCompressed(HttpResponseMessage response, string uri)
    {
        var encodings = response.Content.Headers.ContentEncoding.Where(static encoding => encoding != "identity").ToList();
        return encodings.Count switch
        {
            0 => false,
            1 when encodings[0] is "gzip" or "x-gzip" => true,
            _ => throw new ObjectStoreException(
                ObjectStoreFailure.InvalidResponse, $"{uri}: the response has a content-encoding that was not asked for. Check the proxy that is between."),
        };
    }

    /// <summary>What a status means (Cloud Storage documentation, "HTTP status and error codes for JSON").</summary>
    public static ObjectStoreException Failure(HttpResponseMessage response, string uri, GcsError error, bool isPinned, DateTimeOffset now)
    {
        var status = (int)response.StatusCode;
        var (reason, meaning) = (status, error.Reason) switch
        {
            (400, "required" or "userProjectMissing") => (ObjectStoreFailure.Forbidden, "the bucket is requester-pays. Give the project to bill (UserProject, --user-project), with serviceusage.services.use on it"),
            (403, "rateLimitExceeded" or "userRateLimitExceeded") => (ObjectStoreFailure.Unavailable, "the store's limit of requests is reached"),
            _ => Meaning(status, isPinned),
        };
        var own = (error.Message, error.Reason) switch
        {
            (null, null) => "",
            (null, var word) => $" The store says: {word}.",
            (var message, null) => $" The store says: {message}",
            var (message, word) => $" The store says: {message} ({word})",
        };
        return new ObjectStoreException(reason, string.Create(CultureInfo.InvariantCulture, $"{uri}: {meaning} (HTTP {status}).{own}{(status == 401 ? WrongClock(response, now) : "")}"))
        {
            StatusCode = status,
            RetryAfter = RetryAfterHeader.Read(response),
        };
    }

    /// <summary>Whether a status, of the store or of a proxy before it, may be another one in a while.</summary>
    public static bool IsBusy(int status) => status is 408 or 429 or 500 or 502 or 503 or 504;

    // Tokens are valid for a time: a clock that is far off makes new ones old, or not valid yet.
    private static string WrongClock(HttpResponseMessage response, DateTimeOffset now) =>
        response.Headers.Date is { } date && (now - date).Duration() > MaxClockSkew
            ? string.Create(CultureInfo.InvariantCulture, $" The clock of this machine says {now:u}, that of the store {date:u}: set it right.")
            : "";

    private static (ObjectStoreFailure Reason, string Meaning) Meaning(int status, bool isPinned) => status switch
    {
        407 => (ObjectStoreFailure.ProxyAuthenticationRequired, ConnectionFailure.ProxyWantsLogin(null)),
        401 => (ObjectStoreFailure.Unauthorized, "the access token is missing, expired or invalid. Give a valid token or credential"),
        403 => (ObjectStoreFailure.Forbidden, "the credential has no permission. It needs storage.objects.get and storage.objects.list on the bucket; a requester-pays bucket needs a project to bill"),
        404 when isPinned => (ObjectStoreFailure.Changed, "the object, or the generation of it that was listed, is gone"),
        404 => (ObjectStoreFailure.NotFound, "there is no such object or bucket, or the credential may not know of it"),
        412 => (ObjectStoreFailure.Changed, "the object is no longer the one that was listed"),
        416 => (ObjectStoreFailure.RangeNotSatisfiable, "the range lies outside the object"),
        _ when IsBusy(status) => (ObjectStoreFailure.Unavailable, "the store is busy or failed for the moment"),
        >= 300 and < 400 => (ObjectStoreFailure.Rejected, "the store responded with a redirect, which is not followed. Check the endpoint"),
        _ => (ObjectStoreFailure.Rejected, "the request was refused"),
    };

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
