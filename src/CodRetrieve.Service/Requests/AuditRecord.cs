namespace CodRetrieve.Service.Requests;

/// <summary>An entry of the audit trail.</summary>
internal sealed record AuditRecord(long Id, DateTimeOffset At, string Actor, string Tenant, string Action, long? RequestId, string? Detail);
