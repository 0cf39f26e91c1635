using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace CodRetrieve.GoogleCloudStorage.Tests.Support;

/// <summary>Keeps what is sent, and responds with a listing of nothing, or with what a test says.</summary>
internal sealed class NotingHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>? respond = null) : HttpMessageHandler
{
    public ConcurrentQueue<(Uri Url, string Headers)> Sent { get; } = new();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Sent.Enqueue((request.RequestUri!, request.Headers.ToString()));
        return respond?.Invoke(request, cancellationToken)
            ?? Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"kind":"storage#objects"}""", Encoding.UTF8, "application/json") });
    }
}
