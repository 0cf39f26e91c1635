using System.Security.Claims;
using CodRetrieve.Service.Requests;

namespace CodRetrieve.Service.Security;

/// <summary>Who makes a request of the service.</summary>
/// <param name="Subject">What identifies the caller for good: <c>oidc:…</c>, <c>key:…</c> or <c>loopback</c>.</param>
/// <param name="Name">The name that people know the caller by.</param>
/// <param name="Role">What the caller may do.</param>
/// <param name="Tenant">The tenant whose requests the caller sees; <see langword="null"/> for those of all.</param>
internal sealed record ServiceUser(string Subject, string Name, ServiceRole Role, string? Tenant)
{
    private const int MaxNameLength = 100;
    private const int MaxCallerLength = 128;

    private const string KeySubject = "key:";

    /// <summary>The id of the API key that identifies the caller; <see langword="null"/> for one who has none.</summary>
    public string? KeyId => Subject.StartsWith(KeySubject, StringComparison.Ordinal) ? Subject[KeySubject.Length..] : null;

    /// <summary>Whoever uses this machine, as long as nobody is configured.</summary>
    public static ServiceUser Local { get; } = new("loopback", "this machine", ServiceRole.Administrator, Tenant: null);

    /// <summary>The holder of an API key.</summary>
    public static ServiceUser OfKey(ApiKeyRecord key, ServiceRole role) => new(KeySubject + key.Id, key.Name, role, key.Tenant);

    /// <summary>The caller as requests and the audit trail know it: with what identifies it for good, since names change.</summary>
    public Caller ToCaller()
    {
        var mark = $" ({Subject})";
        var text = Name[..Math.Clamp(MaxCallerLength - mark.Length, 0, Name.Length)] + mark;
        return new(text.Length > MaxCallerLength ? text[..MaxCallerLength] : text, Tenant ?? "", SeesAllTenants: Tenant is null);
    }

    /// <summary>Reads the caller from the principal of an authorized request.</summary>
    /// <exception cref="InvalidOperationException">The principal is none of the service's; the endpoint was not authorized.</exception>
    public static ServiceUser Of(ClaimsPrincipal user) =>
        TryRead(user) ?? throw new InvalidOperationException("The principal has no role of the service. Authorize the endpoint by one of its policies.");

    public static ServiceUser? TryRead(ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true } && user.FindFirstValue(ServiceClaims.Subject) is { } subject && ServiceRoles.TryParse(user.FindFirstValue(ServiceClaims.Role), out var role)
            ? new ServiceUser(subject, user.FindFirstValue(ServiceClaims.Name) ?? subject, role, user.FindFirstValue(ServiceClaims.Tenant))
            : null;

    public ClaimsIdentity ToIdentity(string scheme)
    {
        var identity = new ClaimsIdentity(scheme, ServiceClaims.Name, ServiceClaims.Role);
        identity.AddClaim(new(ServiceClaims.Subject, Subject));
        identity.AddClaim(new(ServiceClaims.Name, Shown(Name)));
        identity.AddClaim(new(ServiceClaims.Role, ServiceRoles.NameOf(Role)));
        if (Tenant is not null)
        {
            identity.AddClaim(new(ServiceClaims.Tenant, Tenant));
        }

        return identity;
    }

    // Names come from elsewhere and go into logs, the audit trail and pages.
    private static string Shown(string name)
    {
        var clean = string.Concat(name.Where(c => !char.IsControl(c)));
        return clean.Length > MaxNameLength ? clean[..MaxNameLength] : clean;
    }
}
