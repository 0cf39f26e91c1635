using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Pages;

/// <summary>Ends a session, here and at the organisation's sign-in.</summary>
[AllowAnonymous]
internal sealed class SignOutModel(IOptions<SecurityOptions> options) : PageModel
{
    public IActionResult OnGet() => Redirect("/");

    public async Task<IActionResult> OnPostAsync()
    {
        var isOfProvider = ServiceUser.TryRead(User)?.KeyId is null && options.Value.OpenIdConnect.HasPage;
        await HttpContext.SignOutAsync(ServiceSchemes.Session);
        return isOfProvider ? SignOut(new AuthenticationProperties { RedirectUri = ServicePaths.SignIn }, ServiceSchemes.OpenIdConnect) : Redirect(ServicePaths.SignIn);
    }
}
