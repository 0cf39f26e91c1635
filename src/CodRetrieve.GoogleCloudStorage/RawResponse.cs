using Google.Apis.Http;

namespace CodRetrieve.Storage;

/// <summary>
/// Keeps the client's pipeline from decompressing a response, since the bytes of a range, and those that a CRC32C is compared with, must be the stored ones; and from
/// following a redirect with the credential.
/// </summary>
/// <remarks>
/// Google's pipeline lets a request look at its response before anything is done with it. Looking takes off the headers that the pipeline acts on, and
/// <see cref="Restore"/> puts them back. A pipeline of another making does not ask, and may decompress.
/// </remarks>
internal sealed class RawResponse
{
    private static readonly HttpRequestOptionsKey<Func<HttpResponseMessage, StreamInterceptor?>> Interceptor =
        new(ConfigurableMessageHandler.ResponseStreamInterceptorProviderKey);

    private List<string> _encodings = [];

    public static RawResponse Of(HttpRequestMessage request)
    {
        var raw = new RawResponse();
        request.Options.Set(Interceptor, raw.Take);
        return raw;
    }

    /// <summary>Makes the response say again how its body is encoded.</summary>
    public void Restore(HttpResponseMessage response) => _encodings.ForEach(response.Content.Headers.ContentEncoding.Add);

    // No interceptor: the bytes themselves are not looked at. Called again for each further response within one attempt.
    private StreamInterceptor? Take(HttpResponseMessage response)
    {
        _encodings = [.. response.Content.Headers.ContentEncoding];
        response.Content.Headers.ContentEncoding.Clear();
        response.Headers.Location = null;
        return null;
    }
}
