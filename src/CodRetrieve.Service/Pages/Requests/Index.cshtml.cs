using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Pages.Views;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;

namespace CodRetrieve.Service.Pages;

/// <summary>All requests, the newest first.</summary>
[Authorize(ServicePolicies.Viewer)]
internal sealed class RequestsModel(RequestService requests, PageQueries queries) : PageModel
{
    private const int Size = 25;

    [BindProperty(SupportsGet = true)]
    public RequestState? State { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Store { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Destination { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public IReadOnlyList<string> Stores => requests.Stores;

    public IReadOnlyList<string> Destinations => requests.Destinations;

    public IReadOnlyList<RequestView> Requests { get; private set; } = [];

    public string? Next { get; private set; }

    public bool IsFiltered => State is not null || Store is not null || Destination is not null;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return BadRequest();
        }

        try
        {
            var page = await requests.ListAsync(new RequestQuery(State, Store, Destination, After: After, Size: Size), ServiceUser.Of(User).ToCaller(), cancellationToken);
            Requests = await queries.ViewsAsync(page.Items, cancellationToken);
            Next = page.Next;
            return Page();
        }
        catch (RequestRefusedException)
        {
            return BadRequest();
        }
    }

    public string LinkTo(RequestState? state, string? after) => QueryHelpers.AddQueryString("/requests", new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["state"] = state?.ToString(),
        ["store"] = Store,
        ["destination"] = Destination,
        ["after"] = after,
    }.Where(pair => pair.Value is not null));
}
