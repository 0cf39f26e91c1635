using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CodRetrieve.Service.Pages;

/// <summary>A study of a request, with each of its series.</summary>
[Authorize(ServicePolicies.Viewer)]
internal sealed class StudyModel(RequestService requests) : PageModel
{
    public StudyDetails Details { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(long id, string uid, CancellationToken cancellationToken)
    {
        try
        {
            Details = await requests.DescribeStudyAsync(id, uid, ServiceUser.Of(User).ToCaller(), cancellationToken);
            return Page();
        }
        catch (RequestRefusedException e)
        {
            return e.Kind switch
            {
                RefusalKind.NotFound => NotFound(),
                RefusalKind.Upstream => StatusCode(StatusCodes.Status502BadGateway),
                _ => BadRequest(),
            };
        }
    }
}
