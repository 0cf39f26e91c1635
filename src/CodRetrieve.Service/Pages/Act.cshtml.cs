using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CodRetrieve.Service.Pages;

/// <summary>The buttons of a request.</summary>
[Authorize(ServicePolicies.Operator)]
internal sealed class ActModel(RequestService requests) : PageModel
{
    public IActionResult OnGet(long id) => Redirect($"/requests/{id}");

    public async Task<IActionResult> OnPostAsync(long id, string act, string? returnUrl, CancellationToken cancellationToken)
    {
        var caller = ServiceUser.Of(User).ToCaller();
        try
        {
            _ = act switch
            {
                "pause" => await requests.PauseAsync(id, caller, cancellationToken),
                "resume" => await requests.ResumeAsync(id, caller, cancellationToken),
                "cancel" => await requests.CancelAsync(id, caller, cancellationToken),
                _ => await requests.RetryAsync(id, caller, cancellationToken),
            };
            TempData[Notice.Good] = act switch
            {
                "pause" => $"Request {id} is paused: shards that run stop within seconds.",
                "resume" => $"Request {id} goes on.",
                "cancel" => $"Request {id} is cancelled. What is saved stays.",
                _ => $"What failed of request {id} is tried again.",
            };
        }
        catch (RequestRefusedException e) when (e.Kind == RefusalKind.NotFound)
        {
            return NotFound();
        }
        catch (RequestRefusedException e)
        {
            TempData[Notice.Bad] = e.Message;
        }

        return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl : $"/requests/{id}");
    }
}
