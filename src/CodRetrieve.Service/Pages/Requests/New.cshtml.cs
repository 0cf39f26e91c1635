using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CodRetrieve.Service.Pages;

/// <summary>The form for a request: what it would do is shown before it begins.</summary>
[Authorize(ServicePolicies.Operator)]
internal sealed class NewModel(RequestService requests) : PageModel
{
    private static readonly char[] Separators = [' ', ',', ';', '\t', '\r', '\n'];

    [BindProperty]
    public string Store { get; set; } = "";

    [BindProperty]
    public string Destination { get; set; } = "";

    [BindProperty]
    public string? Studies { get; set; }

    [BindProperty]
    public string? Where { get; set; }

    [BindProperty]
    public int Priority { get; set; }

    [BindProperty]
    public int? MaxShards { get; set; }

    /// <summary>The idempotency key: a form that is sent twice makes one request.</summary>
    [BindProperty]
    public string? Key { get; set; }

    public IReadOnlyList<string> Stores => requests.Stores;

    public IReadOnlyList<string> Destinations => requests.Destinations;

    public DryRunReport? Report { get; private set; }

    public string? Problem { get; private set; }

    public void OnGet() => Key = Guid.NewGuid().ToString("N");

    public Task<IActionResult> OnPostCheckAsync(CancellationToken cancellationToken) => TryAsync(async () =>
    {
        await using var spool = await ReadAsync(cancellationToken);
        Report = await requests.DryRunAsync(Wanted(), spool, cancellationToken);
        return Page();
    });

    public Task<IActionResult> OnPostCreateAsync(CancellationToken cancellationToken) => TryAsync(async () =>
    {
        await using var spool = await ReadAsync(cancellationToken);
        var created = await requests.CreateAsync(Wanted(), spool, string.IsNullOrEmpty(Key) ? null : Key, ServiceUser.Of(User).ToCaller(), cancellationToken);
        return Redirect($"/requests/{created.Request.Id}");
    });

    private async Task<IActionResult> TryAsync(Func<Task<IActionResult>> action)
    {
        if (!ModelState.IsValid)
        {
            Problem = "Priority and shards have to be whole numbers.";
        }
        else
        {
            try
            {
                return await action();
            }
            catch (RequestRefusedException e)
            {
                Problem = e.Message;
            }
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }

    private async Task<StudySpool> ReadAsync(CancellationToken cancellationToken)
    {
        var spool = requests.OpenSpool();
        try
        {
            foreach (var study in (Studies ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                cancellationToken.ThrowIfCancellationRequested();
                spool.Add(study);
            }

            return spool;
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
    }

    private NewRequest Wanted() => new(Store, Destination, string.IsNullOrWhiteSpace(Where) ? null : new SelectionModel(Where), Priority, MaxShards);
}
