namespace CodRetrieve.Service.Ledger;

/// <summary>An entry of the audit trail; entries are only ever added.</summary>
internal sealed class AuditEntity
{
    public long Id { get; set; }

    public long At { get; set; }

    public string Tenant { get; set; } = "";

    public string Actor { get; set; } = "";

    public string Action { get; set; } = "";

    public long? RequestId { get; set; }

    public string? Detail { get; set; }
}
