using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CodRetrieve.Service.Pages;

/// <summary>Who did what, the latest first.</summary>
[Authorize(ServicePolicies.Administrator)]
internal sealed class AuditModel(PageQueries queries) : PageModel
{
    private const int Size = 100;

    [BindProperty(SupportsGet = true)]
    public long? Before { get; set; }

    public IReadOnlyList<AuditRecord> Entries { get; private set; } = [];

    public long? Next { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return BadRequest();
        }

        Entries = await queries.LatestAuditAsync(Before, request: null, Size, ServiceUser.Of(User).ToCaller(), cancellationToken);
        Next = Entries.Count == Size ? Entries[^1].Id : null;
        return Page();
    }
}
