namespace CodRetrieve.Service.Security;

/// <summary>Says whose API key a text is.</summary>
internal sealed class ApiKeyVerifier(IApiKeyStore store, TimeProvider time)
{
    // Compared with where there is no such key, so that the time of a response does not say which ids exist.
    private static readonly byte[] NoHash = new byte[32];

    /// <summary>The holder of a key; <see langword="null"/> for one that is not known, is revoked or has expired.</summary>
    public async Task<ServiceUser?> VerifyAsync(string? text, CancellationToken cancellationToken)
    {
        if (!ApiKey.TryParse(text, out var key))
        {
            return null;
        }

        var record = await store.FindAsync(key.Id, cancellationToken);
        return key.Matches(record?.Hash ?? NoHash) && record is not null ? CallerOf(record) : null;
    }

    /// <summary>The holder of a key by its id, for a session that was begun with it.</summary>
    public async Task<ServiceUser?> FindAsync(string id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } record ? CallerOf(record) : null;

    private ServiceUser? CallerOf(ApiKeyRecord record) =>
        record.IsValidAt(time.GetUtcNow()) && ServiceRoles.TryParse(record.Role, out var role) ? ServiceUser.OfKey(record, role) : null;
}
