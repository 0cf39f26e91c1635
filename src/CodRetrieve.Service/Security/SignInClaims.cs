using System.Security.Claims;

namespace CodRetrieve.Service.Security;

/// <summary>Turns what an identity provider says of someone into a caller.</summary>
internal static class SignInClaims
{
    /// <summary>The caller; <see langword="null"/> for someone without a role, or without a tenant where tenants are configured.</summary>
    public static ServiceUser? CallerOf(ClaimsPrincipal principal, SignInOptions options)
    {
        var subject = principal.FindFirstValue("sub");
        var tenant = string.IsNullOrEmpty(options.TenantClaim) ? null : principal.FindFirstValue(options.TenantClaim);
        if (string.IsNullOrEmpty(subject) || RoleOf(principal, options) is not { } role || (!string.IsNullOrEmpty(options.TenantClaim) && string.IsNullOrEmpty(tenant)))
        {
            return null;
        }

        var name = principal.FindFirstValue(options.NameClaim) ?? principal.FindFirstValue("preferred_username") ?? subject;
        return new ServiceUser($"oidc:{subject}", name, role, tenant);
    }

    // The highest of all that the values of the claim give.
    private static ServiceRole? RoleOf(ClaimsPrincipal principal, SignInOptions options) =>
        principal.FindAll(options.RoleClaim).Select(claim => RoleOf(claim.Value, options)).Max();

    private static ServiceRole? RoleOf(string value, SignInOptions options)
    {
        if (options.Roles.Count == 0)
        {
            return ServiceRoles.TryParse(value, out var named) ? named : null;
        }

        return options.Roles.Where(pair => pair.Value.Contains(value, StringComparer.Ordinal))
            .Select(pair => ServiceRoles.TryParse(pair.Key, out var role) ? role : (ServiceRole?)null).Max();
    }
}
