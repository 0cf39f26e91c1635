using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CodRetrieve.Service.Security;

/// <summary>
/// Authenticates requests that carry neither key nor token: by the session that someone signed in to, or, from this machine, as long as <see cref="AnonymousAccess"/> allows, as they
/// are. Sends people who are not signed in to the page where they can.
/// </summary>
internal sealed class PageAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AnonymousAccess access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // What says that the ledger cannot be used does not ask it who wants to know.
        if (Context.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            return AuthenticateResult.NoResult();
        }

        // Browsers send cookies of one port of a host to all others, so that a session may be none of this service.
        var session = await Context.AuthenticateAsync(ServiceSchemes.Session);
        if (session.Succeeded)
        {
            return session;
        }

        return await access.IsAllowedAsync(Context)
            ? AuthenticateResult.Success(new(new ClaimsPrincipal(ServiceUser.Local.ToIdentity(ServiceSchemes.Loopback)), Scheme.Name))
            : AuthenticateResult.NoResult();
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (ServicePaths.IsForPrograms(Request.Path) || !(HttpMethods.IsGet(Request.Method) || HttpMethods.IsHead(Request.Method)))
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            Response.Headers.Append(HeaderNames.WWWAuthenticate, "Bearer realm=\"CodRetrieve\"");
            return Task.CompletedTask;
        }

        var wanted = Request.GetEncodedPathAndQuery();
        Response.Redirect(wanted == "/" ? ServicePaths.SignIn : QueryHelpers.AddQueryString(ServicePaths.SignIn, "returnUrl", wanted));
        return Task.CompletedTask;
    }
}
