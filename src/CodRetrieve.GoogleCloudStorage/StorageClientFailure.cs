using System.Globalization;
using Google.Apis.Auth.OAuth2.Responses;

namespace CodRetrieve.Storage;

/// <summary>What it means when the client's pipeline throws instead of giving a response.</summary>
internal static class StorageClientFailure
{
    /// <summary>Returns the failure; <see langword="null"/> for an exception of which nothing is known here.</summary>
    public static ObjectStoreException? Of(Exception exception, string uri, Uri url) => exception switch
    {
        HttpRequestException broken => ConnectionFailure.Of(broken, uri, url, proxy: null),
        TokenResponseException refused => WithoutToken(refused, uri),
        IOException => new(ObjectStoreFailure.Unavailable, $"{uri}: the connection to {url.Host} broke before a response came.", RedactedException.Of(exception)),
        // A credential that is none, or of another universe, and a client that was disposed: written for users, and holding no secret.
        InvalidOperationException => new(ObjectStoreFailure.Unauthorized, $"{uri}: the storage client cannot send the request: {OneLine(exception)}. Check its credential, and that it is not disposed.", exception),
        _ => null,
    };

    /// <param name="exception">What the wait ended with.</param>
    /// <param name="uri">The object, for the message.</param>
    /// <param name="url">The address of the request.</param>
    /// <param name="idleTimeout">The time limit of the store's options; <see langword="null"/> where it is the client's own that passed.</param>
    public static ObjectStoreException Timeout(OperationCanceledException exception, string uri, Uri url, TimeSpan? idleTimeout) => new(
        ObjectStoreFailure.Unavailable,
        idleTimeout is { } limit
            ? string.Create(CultureInfo.InvariantCulture, $"{uri}: no response of {url.Host} came within {limit.TotalSeconds:0.###} s (the idle timeout: IdleTimeout of the store's options).")
            : $"{uri}: no response of {url.Host} came within the time limit of the storage client (HttpClient.Timeout, or one of its handlers).",
        exception);

    private static ObjectStoreException WithoutToken(TokenResponseException refused, string uri)
    {
        var status = (int?)refused.StatusCode;
        return new ObjectStoreException(
            status is { } code && GcsResponse.IsBusy(code) ? ObjectStoreFailure.Unavailable : ObjectStoreFailure.Unauthorized,
            $"{uri}: the credential of the storage client gave no access token: {OneLine(refused)}. Check the credential that the client was built with.",
            refused)
        {
            StatusCode = status,
        };
    }

    private static string OneLine(Exception exception) => exception.Message.ReplaceLineEndings(" ").TrimEnd('.');
}
