using System.Net.Http.Headers;
using Google.Apis.Requests;
using Google.Apis.Storage.v1;
using Google.Cloud.Storage.V1;

namespace CodRetrieve.Storage;

/// <summary>Sends requests through the client's own pipeline, and returns as soon as the headers of the response are there.</summary>
/// <param name="service">The client's service; not owned.</param>
/// <param name="key">The key that objects are encrypted with; <see langword="null"/> for none.</param>
/// <param name="idleTimeout">How long the headers may take.</param>
/// <param name="time">The clock of it.</param>
internal sealed class StorageRequestSender(StorageService service, EncryptionKey? key, TimeSpan idleTimeout, TimeProvider time)
{
    /// <summary>Makes one attempt.</summary>
    /// <param name="call">What is asked for.</param>
    /// <param name="range">The bytes of it; <see langword="null"/> for all.</param>
    /// <param name="uri">The object, for messages.</param>
    /// <param name="cancellationToken">Ends the wait for the headers.</param>
    /// <returns>The response, whatever its status; the caller disposes it.</returns>
    public async Task<HttpResponseMessage> SendAsync<T>(ClientServiceRequest<T> call, RangeHeaderValue? range, string uri, CancellationToken cancellationToken)
    {
        using var request = CreateRequest(call, uri);
        ThrowIfInsecure(request.RequestUri!, uri);
        request.Headers.Range = range;
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        AddKey(request, isMedia: call is ObjectsResource.GetRequest);
        var raw = RawResponse.Of(request);

        using var timeout = new CancellationTokenSource(idleTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var response = await service.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token).ConfigureAwait(false);
            raw.Restore(response);
            return response;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw StorageClientFailure.Timeout(e, uri, request.RequestUri!, timeout.IsCancellationRequested ? idleTimeout : null);
        }
        catch (Exception e) when (StorageClientFailure.Of(e, uri, request.RequestUri!) is { } failure)
        {
            throw failure;
        }
    }

    private static HttpRequestMessage CreateRequest<T>(ClientServiceRequest<T> call, string uri)
    {
        try
        {
            return call.CreateRequest();
        }
        catch (Exception e) when (e is ArgumentException or UriFormatException or Google.GoogleApiException)
        {
            // A name such as "..", which no URL can hold.
            throw new ObjectStoreException(ObjectStoreFailure.Rejected, $"{uri}: Google's library makes no request for such a name.", e);
        }
    }

    private void ThrowIfInsecure(Uri url, string uri)
    {
        if (url.Scheme != Uri.UriSchemeHttps && !url.IsLoopback && (service.HttpClientInitializer is not null || service.ApiKey is not null))
        {
            throw new ObjectStoreException(ObjectStoreFailure.InsecureConnection, $"{uri}: a token is not sent over plain http to another machine. Use an https endpoint.");
        }
    }

    // Cloud Storage documentation, "Customer-supplied encryption keys": the headers of a request for the bytes.
    private void AddKey(HttpRequestMessage request, bool isMedia)
    {
        if (isMedia && key?.Base64Key is not null)
        {
            request.Headers.Add("x-goog-encryption-algorithm", "AES256");
            request.Headers.Add("x-goog-encryption-key", key.Base64Key);
            request.Headers.Add("x-goog-encryption-key-sha256", key.Base64Hash);
        }
    }
}
