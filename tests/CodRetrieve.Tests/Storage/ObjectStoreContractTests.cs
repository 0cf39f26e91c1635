using CodRetrieve.Storage;
using CodRetrieve.Testing;
using CodRetrieve.Tests.Support;

namespace CodRetrieve.Tests.Storage;

public sealed class GcsObjectStoreContractTests : ObjectStoreContractTests, IAsyncLifetime
{
    private OpenStore _store = null!;
    private HttpClientSource _http = null!;

    public static TheoryData<string> Checks => Names(ObjectStoreCapabilities.All);

    public override IObjectStore Store => _store.Gcs;

    public override IObjectStore StoreOfMissingBucket => new GcsObjectStore(_http, "no-such-bucket", _store.Options.Credential, _store.Options);

    public override int PageSize => 4;

    public async Task InitializeAsync()
    {
        _store = await OpenStore.StartAsync(server: new() { MaxResultsPerPage = PageSize });
        _http = new HttpClientSource(_store.Options);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
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

public sealed class DirectoryObjectStoreContractTests : ObjectStoreContractTests, IDisposable
{
    private readonly TempFolder _folder = new();

    public DirectoryObjectStoreContractTests() => Store = new DirectoryObjectStore(_folder.Path);

    // No file of Windows may have every name.
    public static TheoryData<string> Checks =>
        Names(ObjectStoreCapabilities.Generations | (OperatingSystem.IsWindows() ? ObjectStoreCapabilities.None : ObjectStoreCapabilities.UnusualNames));

    public override IObjectStore Store { get; }

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Checks))]
    public Task Keeps_the_contract_of_object_stores(string check) => RunAsync(check);

    public override Task PutAsync(string name, ReadOnlyMemory<byte> content, string? contentEncoding, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.WriteAllBytesAsync(path, content.ToArray(), cancellationToken);
    }
}
