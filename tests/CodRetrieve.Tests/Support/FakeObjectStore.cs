using CodRetrieve.Storage;

namespace CodRetrieve.Tests.Support;

/// <summary>A store whose answers a test writes.</summary>
internal sealed class FakeObjectStore : IObjectStore
{
    private int _opened;

    public Func<string, string?, ObjectListPage> List { get; init; } = (_, _) => new ObjectListPage([], [], null);

    /// <summary>Given the number of the request, from 1, and what it asks for.</summary>
    public Func<int, string, ByteRange?, ObjectContent> Open { get; init; } = (_, name, _) =>
        throw new ObjectStoreException(ObjectStoreFailure.NotFound, name);

    public int Opened => Volatile.Read(ref _opened);

    public string GetUri(string objectName) => $"fake://{objectName}";

    public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) =>
        Task.FromResult(List(prefix, pageToken));

    public Task<ObjectContent> OpenReadAsync(string objectName, long? generation, ByteRange? range, CancellationToken cancellationToken) =>
        Task.FromResult(Open(Interlocked.Increment(ref _opened), objectName, range));
}
