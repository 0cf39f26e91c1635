namespace CodRetrieve.Service.Tests.Support;

/// <summary>One PostgreSQL server for the tests that do not end it; each has a database of its own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PostgresServer? _server;

    public Task<string> CreateDatabaseAsync() => _server!.CreateDatabaseAsync();

    public async Task InitializeAsync() => _server = PostgresServer.Programs is null ? null : await PostgresServer.StartAsync();

    public async Task DisposeAsync()
    {
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }
    }
}
