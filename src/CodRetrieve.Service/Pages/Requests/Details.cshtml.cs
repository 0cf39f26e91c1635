using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Pages.Views;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CodRetrieve.Service.Pages;

/// <summary>A request with its studies, shards and history.</summary>
[Authorize(ServicePolicies.Viewer)]
internal sealed class DetailsModel(RequestService requests, PageQueries queries) : PageModel
{
    private const int StudiesShown = 50;
    private const int ShardsShown = 20;
    private const int EntriesShown = 20;

    private IReadOnlyDictionary<string, string> _nodes = new Dictionary<string, string>(StringComparer.Ordinal);

    [BindProperty(SupportsGet = true)]
    public StudyState? State { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public RequestView View { get; private set; } = null!;

    public Page<StudyRecord> Studies { get; private set; } = null!;

    public IReadOnlyList<ShardRecord> Shards { get; private set; } = [];

    public IReadOnlyList<AuditRecord> History { get; private set; } = [];

    public IEnumerable<(string Text, StudyState? State, int Count)> Tabs =>
    [
        ("All", null, View.Request.Studies.Total),
        ("Saved", StudyState.Saved, View.Request.Studies.Saved),
        ("Failed", StudyState.Failed, View.Request.Studies.Failed),
        ("Waiting", StudyState.Waiting, View.Request.Studies.Waiting),
    ];

    public string SelectionWords
    {
        get
        {
            if (View.Request.Selection is not { } selection)
            {
                return "all";
            }

            var parts = new List<string>();
            if (!string.IsNullOrWhiteSpace(selection.Where))
            {
                parts.Add(selection.Where);
            }

            if (selection.Series is { Count: > 0 } series)
            {
                parts.Add($"{Words.Count(series.Count)} series by UID");
            }

            if (selection.Instances is { Count: > 0 } instances)
            {
                parts.Add($"{Words.Count(instances.Count, "image", "images")} by UID");
            }

            return parts.Count == 0 ? "all" : string.Join("; ", parts);
        }
    }

    public string? NameOfNode(string? id) => id is null ? null : _nodes.GetValueOrDefault(id, id);

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return BadRequest();
        }

        var caller = ServiceUser.Of(User).ToCaller();
        try
        {
            var request = await requests.GetAsync(id, caller, cancellationToken);
            View = (await queries.ViewsAsync([request], cancellationToken))[0];
            Studies = await requests.StudiesAsync(id, new StudyQuery(State, After, StudiesShown), caller, cancellationToken);
            Shards = await requests.ShardsAsync(id, ShardsShown, caller, cancellationToken);
            History = await queries.LatestAuditAsync(before: null, id, EntriesShown, caller, cancellationToken);
            _nodes = (await requests.NodesAsync(caller, cancellationToken)).ToDictionary(node => node.Id, node => node.Name, StringComparer.Ordinal);
            return Page();
        }
        catch (RequestRefusedException e)
        {
            return e.Kind == RefusalKind.NotFound ? NotFound() : BadRequest();
        }
    }
}
