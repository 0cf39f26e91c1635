namespace CodRetrieve.Tests.Support;

/// <summary>The base of tests that retrieve from a store of their own into a folder of their own.</summary>
public abstract class StoreTests : IAsyncLifetime
{
    private TestStore? _store;

    public TempFolder Folder { get; } = new();

    public TestStore Store => _store!;

    public virtual async Task InitializeAsync() => _store = await TestStore.StartAsync();

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        Folder.Dispose();
    }
}
