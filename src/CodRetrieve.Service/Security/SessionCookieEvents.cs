using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace CodRetrieve.Service.Security;

/// <summary>Ends sessions that were begun with an API key as soon as the key is revoked or expires.</summary>
internal sealed class SessionCookieEvents(ApiKeyVerifier verifier) : CookieAuthenticationEvents
{
    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        var caller = context.Principal is { } user ? ServiceUser.TryRead(user) : null;
        if (caller is null || (caller.KeyId is { } key && await verifier.FindAsync(key, context.HttpContext.RequestAborted) is null))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(context.Scheme.Name);
        }
    }
}
