using Google.Apis.Http;

namespace CodRetrieve.GoogleCloudStorage.Tests.Support;

/// <summary>Makes the client's HTTP client over a handler of the test's own, below Google's pipeline.</summary>
internal sealed class HandlerFactory(Func<HttpMessageHandler> create) : HttpClientFactory
{
    protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => create();
}
