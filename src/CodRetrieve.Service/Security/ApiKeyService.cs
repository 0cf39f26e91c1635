using CodRetrieve.Service.Requests;

namespace CodRetrieve.Service.Security;

/// <summary>Creates and revokes API keys, and says so in the audit trail.</summary>
internal sealed class ApiKeyService(IApiKeyStore store, RequestService requests, TimeProvider time)
{
    public const int MaxNameLength = 100;
    public const int MaxTenantLength = 100;

    /// <summary>Creates a key, which is given out this once.</summary>
    /// <exception cref="ArgumentException">The name or the tenant is empty or too long, or the key would have expired.</exception>
    public async Task<ApiKey> CreateAsync(string name, ServiceRole role, string? tenant, TimeSpan? lifetime, Caller caller, CancellationToken cancellationToken)
    {
        Check(name, "The name of a key", MaxNameLength);
        if (tenant is not null)
        {
            Check(tenant, "A tenant", MaxTenantLength);
        }

        if (lifetime <= TimeSpan.Zero)
        {
            throw new ArgumentException("The key would have expired. Give more than 0 days, or none for a key that does not expire.");
        }

        var key = ApiKey.Create();
        var now = time.GetUtcNow();
        await store.AddAsync(
            new ApiKeyRecord { Id = key.Id, Name = name, Role = ServiceRoles.NameOf(role), Tenant = tenant, Hash = key.Hash, CreatedAt = now, ExpiresAt = now + lifetime },
            cancellationToken);
        await requests.AuditAsync(caller, "create key", $"{key}, '{name}', {ServiceRoles.NameOf(role)}{(tenant is null ? "" : $", tenant {tenant}")}", cancellationToken);
        return key;
    }

    /// <summary>Revokes a key, if it is one of the caller's tenant; false where there is none that is not revoked.</summary>
    public async Task<bool> RevokeAsync(string id, Caller caller, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { RevokedAt: null } key || !Sees(caller, key))
        {
            return false;
        }

        await store.RevokeAsync(id, time.GetUtcNow(), cancellationToken);
        await requests.AuditAsync(caller, "revoke key", $"{ApiKey.Prefix}{id}, '{key.Name}'", cancellationToken);
        return true;
    }

    /// <summary>Returns the keys of the caller's tenant, those that are valid first.</summary>
    public async Task<IReadOnlyList<ApiKeyRecord>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return [.. (await store.ListAsync(cancellationToken)).Where(key => Sees(caller, key)).OrderByDescending(key => key.IsValidAt(now)).ThenByDescending(key => key.CreatedAt)];
    }

    private static bool Sees(Caller caller, ApiKeyRecord key) => caller.SeesAllTenants || string.Equals(key.Tenant, caller.Tenant, StringComparison.Ordinal);

    private static void Check(string text, string what, int most)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > most || text.Any(char.IsControl))
        {
            throw new ArgumentException($"{what} has to have 1 to {most} characters, and none that cannot be printed.");
        }
    }
}
