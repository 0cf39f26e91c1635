using System.Net;
using CodRetrieve.GoogleCloudStorage.Tests.Support;
using CodRetrieve.Storage;
using CodRetrieve.Testing;
using Google.Cloud.Storage.V1;

namespace CodRetrieve.GoogleCloudStorage.Tests;

public sealed class BuiltClientContractTests() : ClientContract(endpoint => Clients.Open(endpoint));

public sealed class TokenClientContractTests() : ClientContract(endpoint => Clients.Open(endpoint, "my-token"));

/// <summary>A service that asks for no compression.</summary>
public sealed class PlainServiceContractTests() : ClientContract(endpoint => Clients.Of(endpoint, initializer => initializer.GZipEnabled = false));

/// <summary>A pipeline that decompresses by itself, unknown to Google's.</summary>
public sealed class DecompressingPipelineContractTests() : ClientContract(endpoint => Clients.Open(
    endpoint, http: new HandlerFactory(() => new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All })));

/// <summary>The public contract for the store over a client, with everything that the test server has.</summary>
public abstract class ClientContract(Func<Uri, StorageClient> open) : ObjectStoreContractTests, IAsyncLifetime
{
    private TestStore _store = null!;
    private StorageClient _client = null!;

    public static TheoryData<string> Checks => Names(ObjectStoreCapabilities.All);

    public override IObjectStore Store => new StorageClientObjectStore(_client, TestStore.BucketName);

    public override IObjectStore StoreOfMissingBucket => new StorageClientObjectStore(_client, "no-such-bucket");

    public override int PageSize => 4;

    public async Task InitializeAsync()
    {
        _store = await TestStore.StartAsync(new() { MaxResultsPerPage = PageSize });
        _client = open(_store.Server.Endpoint);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _store.DisposeAsync();
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Checks))]
    public Task Keeps_the_contract_of_object_stores(string check) => RunAsync(check);

    public override Task PutAsync(string name, ReadOnlyMemory<byte> content, string? contentEncoding, CancellationToken cancellationToken)
    {
        _store.Bucket.Put(name, content, contentEncoding: contentEncoding);
        return Task.CompletedTask;
    }
}
