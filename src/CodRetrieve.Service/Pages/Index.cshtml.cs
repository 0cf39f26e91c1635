using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Pages.Views;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CodRetrieve.Service.Pages;

/// <summary>What runs, what failed, what waits.</summary>
[Authorize(ServicePolicies.Viewer)]
internal sealed class IndexModel(RequestService requests, PageQueries queries) : PageModel
{
    private const int Many = 20;
    private const int Few = 6;

    public Overview Overview { get; private set; } = null!;

    public DateTimeOffset Now { get; private set; }

    public IReadOnlyList<NodeRecord> Nodes { get; private set; } = [];

    public IReadOnlyList<RequestView> Running { get; private set; } = [];

    public IReadOnlyList<RequestView> Failed { get; private set; } = [];

    public IReadOnlyList<RequestView> Waiting { get; private set; } = [];

    public IReadOnlyList<RequestView> Completed { get; private set; } = [];

    public int RequestsFailed => CountOf(RequestState.Incomplete);

    public string Sentence =>
        $"{Words.Count(CountOf(RequestState.Running), "request", "requests")} running, {Words.Count(CountOf(RequestState.Waiting))} waiting, {Words.Count(RequestsFailed)} failed. {Words.Rate(Overview.BytesPerSecond)}.";

    public int CountOf(RequestState state) => Overview.Requests.GetValueOrDefault(state);

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var caller = ServiceUser.Of(User).ToCaller();
        Overview = await requests.OverviewAsync(caller, cancellationToken);
        Nodes = await requests.NodesAsync(caller, cancellationToken);
        Now = await queries.NowAsync(cancellationToken);
        Running = await ListAsync(RequestState.Running, Many);
        Failed = await ListAsync(RequestState.Incomplete, Few);
        Waiting = [.. await ListAsync(RequestState.Waiting, Few), .. await ListAsync(RequestState.Paused, Few)];
        Completed = await ListAsync(RequestState.Completed, Few);

        async Task<IReadOnlyList<RequestView>> ListAsync(RequestState state, int size) =>
            CountOf(state) == 0 ? [] : await queries.ViewsAsync((await requests.ListAsync(new RequestQuery(state, Size: size), caller, cancellationToken)).Items, cancellationToken);
    }
}
