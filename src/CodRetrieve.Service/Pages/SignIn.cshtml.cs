using System.Security.Claims;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Pages;

/// <summary>Begins a session: by the organisation's sign-in, or by an API key.</summary>
[AllowAnonymous]
[EnableRateLimiting(RateLimits.SignIn)]
internal sealed class SignInModel(IOptions<SecurityOptions> options, AnonymousAccess access, ApiKeyVerifier verifier, ILogger<SignInModel> logger) : PageModel
{
    public string? Problem { get; private set; }

    public string ReturnUrl { get; private set; } = "/";

    public bool HasProvider => options.Value.OpenIdConnect.HasPage;

    public bool IsConfigured { get; private set; }

    public async Task OnGetAsync(string? returnUrl, string? problem)
    {
        await PrepareAsync(returnUrl);
        Problem = problem switch
        {
            null => null,
            "role" => "You are known, but have no role here. Ask an administrator to give you one.",
            _ => "The sign-in did not succeed. Try again; if it fails again, the log of the service has the reason.",
        };
    }

    public async Task<IActionResult> OnPostAsync(string? returnUrl, string? key)
    {
        await PrepareAsync(returnUrl);
        if (await verifier.VerifyAsync(key?.Trim(), HttpContext.RequestAborted) is not { } caller)
        {
            logger.LogSignInRefused(HttpContext.Connection.RemoteIpAddress?.ToString());
            Problem = "The key is unknown, revoked or expired.";
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Page();
        }

        await HttpContext.SignInAsync(ServiceSchemes.Session, new ClaimsPrincipal(caller.ToIdentity(ServiceSchemes.Session)));
        logger.LogSignedIn(caller.Name, caller.KeyId!, caller.Role);
        return LocalRedirect(ReturnUrl);
    }

    public async Task<IActionResult> OnPostProviderAsync(string? returnUrl)
    {
        await PrepareAsync(returnUrl);
        return HasProvider ? Challenge(new AuthenticationProperties { RedirectUri = ReturnUrl }, ServiceSchemes.OpenIdConnect) : NotFound();
    }

    private async Task PrepareAsync(string? returnUrl)
    {
        // An address of another site would make this page lead there.
        ReturnUrl = Url.IsLocalUrl(returnUrl) ? returnUrl : "/";
        IsConfigured = await access.IsConfiguredAsync(HttpContext.RequestAborted);
    }
}
