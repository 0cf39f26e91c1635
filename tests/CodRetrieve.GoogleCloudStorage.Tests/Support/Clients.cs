using CodRetrieve.Storage;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Services;
using Google.Apis.Storage.v1;
using Google.Cloud.Storage.V1;

namespace CodRetrieve.GoogleCloudStorage.Tests.Support;

/// <summary>Clients as an application would build them, for a server in the process.</summary>
internal static class Clients
{
    public static StorageClient Open(Uri endpoint, string? token = null, Google.Apis.Http.IHttpClientFactory? http = null, EncryptionKey? key = null) => new StorageClientBuilder
    {
        BaseUri = BaseUri(endpoint),
        UnauthenticatedAccess = token is null,
        Credential = token is null ? null : GoogleCredential.FromAccessToken(token),
        HttpClientFactory = http,
        EncryptionKey = key,
    }.Build();

    /// <summary>A client over a service that the application has set up by itself.</summary>
    public static StorageClient Of(Uri endpoint, Action<BaseClientService.Initializer> change)
    {
        var initializer = new BaseClientService.Initializer { BaseUri = BaseUri(endpoint), DefaultExponentialBackOffPolicy = Google.Apis.Http.ExponentialBackOffPolicy.None };
        change(initializer);
        return new StorageClientImpl(new StorageService(initializer), null);
    }

    public static StorageClientObjectStore OpenObjects(this TestStore store, string? token = null, StorageClientObjectStoreOptions? options = null, Google.Apis.Http.IHttpClientFactory? http = null) =>
        new(Open(store.Server.Endpoint, token, http), TestStore.BucketName, options);

    private static string BaseUri(Uri endpoint) => $"{endpoint}storage/v1/";
}
