using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CodRetrieve.Service.Pages;

/// <summary>The API keys: who has one, a new one, and the end of one.</summary>
[Authorize(ServicePolicies.Administrator)]
internal sealed class KeysModel(ApiKeyService keys, TimeProvider time) : PageModel
{
    public IReadOnlyList<ApiKeyRecord> Keys { get; private set; } = [];

    public DateTimeOffset Now => time.GetUtcNow();

    public bool SeesAllTenants { get; private set; }

    /// <summary>A key that was created by this very request.</summary>
    public string? Created { get; private set; }

    public string? Problem { get; private set; }

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    public async Task<IActionResult> OnPostCreateAsync(string? name, string? role, string? tenant, int? days, CancellationToken cancellationToken)
    {
        var user = ServiceUser.Of(User);
        if (!ServiceRoles.TryParse(role, out var wanted))
        {
            Problem = "There is no such role.";
        }
        else if (user.Subject == ServiceUser.Local.Subject && (wanted != ServiceRole.Administrator || !string.IsNullOrWhiteSpace(tenant)))
        {
            // From then on nobody gets in without a key, and this one could make no other.
            Problem = "The first key has to be an administrator's, without a tenant: with it you create the others.";
        }
        else if (!ModelState.IsValid)
        {
            Problem = "The days have to be a whole number.";
        }
        else
        {
            try
            {
                // An administrator of a tenant makes keys of that tenant only.
                var ofTenant = user.Tenant ?? (string.IsNullOrWhiteSpace(tenant) ? null : tenant.Trim());
                var lifetime = days is { } given ? TimeSpan.FromDays(Math.Clamp(given, 0, 3650)) : (TimeSpan?)null;
                Created = (await keys.CreateAsync(name ?? "", wanted, ofTenant, lifetime, user.ToCaller(), cancellationToken)).Reveal();
            }
            catch (ArgumentException e)
            {
                Problem = e.Message;
            }
        }

        if (Problem is not null)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
        }

        await LoadAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(string? id, CancellationToken cancellationToken)
    {
        if (!await keys.RevokeAsync(id ?? "", ServiceUser.Of(User).ToCaller(), cancellationToken))
        {
            return NotFound();
        }

        TempData[Notice.Good] = $"The key {ApiKey.Prefix}{id} is revoked: requests with it are refused from now on.";
        return RedirectToPage();
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var user = ServiceUser.Of(User);
        SeesAllTenants = user.Tenant is null;
        Keys = await keys.ListAsync(user.ToCaller(), cancellationToken);
    }
}
