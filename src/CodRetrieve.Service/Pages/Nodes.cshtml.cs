using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CodRetrieve.Service.Pages;

/// <summary>The processes of the service and the shards that are theirs.</summary>
[Authorize(ServicePolicies.Viewer)]
internal sealed class NodesModel(RequestService requests, PageQueries queries) : PageModel
{
    public IReadOnlyList<NodeRecord> Nodes { get; private set; } = [];

    public DateTimeOffset Now { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Nodes = await requests.NodesAsync(ServiceUser.Of(User).ToCaller(), cancellationToken);
        Now = await queries.NowAsync(cancellationToken);
    }
}
