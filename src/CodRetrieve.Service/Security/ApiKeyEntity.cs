using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Security;

/// <summary>An API key in the ledger. Times are milliseconds since 1970.</summary>
internal sealed class ApiKeyEntity
{
    private const int MaxText = 128;

    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    public string Role { get; set; } = "";

    public string? Tenant { get; set; }

    public byte[] Hash { get; set; } = [];

    public long CreatedAt { get; set; }

    public long? ExpiresAt { get; set; }

    public long? RevokedAt { get; set; }

    public static void Configure(ModelBuilder modelBuilder) => modelBuilder.Entity<ApiKeyEntity>(entity =>
    {
        entity.ToTable("ApiKeys");
        entity.HasKey(key => key.Id);
        entity.Property(key => key.Id).HasMaxLength(MaxText);
        entity.Property(key => key.Name).HasMaxLength(MaxText);
        entity.Property(key => key.Role).HasMaxLength(MaxText);
        entity.Property(key => key.Tenant).HasMaxLength(MaxText);
        entity.Property(key => key.Hash).HasMaxLength(32);
    });
}
