namespace CodRetrieve.Service.Requests;

/// <summary>Who asks. A caller sees and changes the requests of its own tenant.</summary>
/// <param name="Name">The name for the audit trail: a subject or the name of a key, and never a secret.</param>
/// <param name="Tenant">The tenant; empty where there are none.</param>
/// <param name="SeesAllTenants">Whether the requests of every tenant are the caller's to see and change.</param>
internal sealed record Caller(string Name, string Tenant = "", bool SeesAllTenants = false)
{
    /// <summary>The service itself.</summary>
    public static Caller Service { get; } = new("service", SeesAllTenants: true);
}
