using CodRetrieve.Service.Ledger;
using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Security;

internal sealed class LedgerApiKeyStore(LedgerStore ledger) : IApiKeyStore
{
    public Task AddAsync(ApiKeyRecord key, CancellationToken cancellationToken) => ledger.WriteAsync(
        async (context, token) =>
        {
            // The transaction may run again after a commit whose confirmation was lost.
            if (await context.Set<ApiKeyEntity>().AnyAsync(existing => existing.Id == key.Id, token))
            {
                return true;
            }

            context.Set<ApiKeyEntity>().Add(new ApiKeyEntity
            {
                Id = key.Id,
                Name = key.Name,
                Role = key.Role,
                Tenant = key.Tenant,
                Hash = key.Hash,
                CreatedAt = key.CreatedAt.ToUnixTimeMilliseconds(),
                ExpiresAt = key.ExpiresAt?.ToUnixTimeMilliseconds(),
            });
            await context.SaveChangesAsync(token);
            return true;
        },
        cancellationToken);

    public Task<ApiKeyRecord?> FindAsync(string id, CancellationToken cancellationToken) => ledger.ReadAsync(
        async (context, token) => await context.Set<ApiKeyEntity>().AsNoTracking().FirstOrDefaultAsync(key => key.Id == id, token) is { } found ? Of(found) : null,
        cancellationToken);

    public Task<IReadOnlyList<ApiKeyRecord>> ListAsync(CancellationToken cancellationToken) => ledger.ReadAsync(
        async (context, token) => (IReadOnlyList<ApiKeyRecord>)[.. (await context.Set<ApiKeyEntity>().AsNoTracking().ToListAsync(token)).Select(Of)],
        cancellationToken);

    public Task RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var time = at.ToUnixTimeMilliseconds();
        return ledger.WriteAsync(
            async (context, token) => await context.Set<ApiKeyEntity>().Where(key => key.Id == id && key.RevokedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(key => key.RevokedAt, time), token),
            cancellationToken);
    }

    public Task<bool> AnyAsync(CancellationToken cancellationToken) => ledger.ReadAsync((context, token) => context.Set<ApiKeyEntity>().AnyAsync(token), cancellationToken);

    private static ApiKeyRecord Of(ApiKeyEntity key) => new()
    {
        Id = key.Id,
        Name = key.Name,
        Role = key.Role,
        Tenant = key.Tenant,
        Hash = key.Hash,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(key.CreatedAt),
        ExpiresAt = key.ExpiresAt is { } expires ? DateTimeOffset.FromUnixTimeMilliseconds(expires) : null,
        RevokedAt = key.RevokedAt is { } revoked ? DateTimeOffset.FromUnixTimeMilliseconds(revoked) : null,
    };
}
