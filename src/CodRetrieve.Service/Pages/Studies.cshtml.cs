using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;

namespace CodRetrieve.Service.Pages;

/// <summary>What became of studies, in whichever request.</summary>
[Authorize(ServicePolicies.Viewer)]
internal sealed class StudiesModel(RequestService requests) : PageModel
{
    private const int Size = 50;

    [BindProperty(SupportsGet = true)]
    public string? Uid { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public string? Problem { get; private set; }

    public IReadOnlyList<StudyRecord> Studies { get; private set; } = [];

    public string? Next { get; private set; }

    public string NextLink => QueryHelpers.AddQueryString("/studies", new Dictionary<string, string?>(StringComparer.Ordinal) { ["uid"] = Uid, ["after"] = Next });

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(Uid))
        {
            return;
        }

        try
        {
            var page = await requests.FindStudiesAsync(Uid, After, Size, ServiceUser.Of(User).ToCaller(), cancellationToken);
            (Studies, Next) = (page.Items, page.Next);
        }
        catch (RequestRefusedException e)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            Problem = e.Message;
        }
    }
}
