namespace CodRetrieve.Service.Security;

/// <summary>The API keys in the ledger.</summary>
internal interface IApiKeyStore
{
    Task AddAsync(ApiKeyRecord key, CancellationToken cancellationToken);

    Task<ApiKeyRecord?> FindAsync(string id, CancellationToken cancellationToken);

    Task<IReadOnlyList<ApiKeyRecord>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Revokes a key, unless it is revoked.</summary>
    Task RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Whether there is, or ever was, one.</summary>
    Task<bool> AnyAsync(CancellationToken cancellationToken);
}
