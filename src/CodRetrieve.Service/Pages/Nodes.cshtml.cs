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

    /// <summary>Whether requests of all tenants may be named.</summary>
    public bool SeesAllTenants { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        SeesAllTenants = ServiceUser.Of(User).Tenant is null;
        Nodes = await requests.NodesAsync(cancellationToken);
        Now = await queries.NowAsync(cancellationToken);
    }
}
