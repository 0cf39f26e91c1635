namespace CodRetrieve.Service.Security;

/// <summary>An API key in the ledger. Never deleted, only revoked: the audit trail names it.</summary>
internal sealed class ApiKeyRecord
{
    public required string Id { get; init; }

    /// <summary>What it is for, such as the name of the script or the person that holds it.</summary>
    public required string Name { get; init; }

    public required string Role { get; init; }

    /// <summary>The tenant whose requests it sees; <see langword="null"/> for all.</summary>
    public string? Tenant { get; init; }

    /// <summary>The SHA-256 of its secret.</summary>
    public required byte[] Hash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    public bool IsValidAt(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || ExpiresAt > now);
}
