namespace CodRetrieve.Storage;

/// <summary>One token, or none, for ever.</summary>
internal sealed class StaticToken(string? token) : IAccessTokenProvider
{
    public ObjectStoreFailure OnTimeout => ObjectStoreFailure.Unauthorized;

    public ValueTask<string?> GetAsync(string? stale, CancellationToken cancellationToken) => ValueTask.FromResult(token);
}
