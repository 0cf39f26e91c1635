using Microsoft.AspNetCore.Authentication;

namespace CodRetrieve.Service.Security;

/// <summary>Whether who opened a stream may still look: a stream may outlive the credential that it was opened with.</summary>
internal sealed class StreamAccess(ApiKeyVerifier verifier, AnonymousAccess anonymous, TimeProvider time)
{
    public async Task<bool> IsAllowedAsync(HttpContext context, CancellationToken cancellationToken)
    {
        // Of a token as of a session.
        if (context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc <= time.GetUtcNow())
        {
            return false;
        }

        var user = ServiceUser.Of(context.User);
        return user.KeyId is { } key ? await verifier.FindAsync(key, cancellationToken) is not null : user != ServiceUser.Local || await anonymous.IsAllowedAsync(context);
    }
}
