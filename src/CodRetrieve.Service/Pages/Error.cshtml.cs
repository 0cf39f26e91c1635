using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace CodRetrieve.Service.Pages;

/// <summary>What went wrong, in words for people; programs get problem details.</summary>
[AllowAnonymous]
[DisableRateLimiting]
[IgnoreAntiforgeryToken]
internal sealed class ErrorModel(LedgerStore ledger) : PageModel
{
    public int Code { get; private set; }

    public string Heading { get; private set; } = "";

    public string Remedy { get; private set; } = "";

    public IActionResult OnGet(int code) => Show(code);

    // The request that failed is run again here with its own method.
    public IActionResult OnPost(int code) => Show(code);

    public IActionResult OnPut(int code) => Show(code);

    public IActionResult OnPatch(int code) => Show(code);

    public IActionResult OnDelete(int code) => Show(code);

    private IActionResult Show(int code)
    {
        var error = HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error;
        var isUnavailable = error is not null && ledger.FaultOf(error) != LedgerFault.Other;
        Code = isUnavailable ? StatusCodes.Status503ServiceUnavailable : code is >= 400 and < 600 ? code : StatusCodes.Status404NotFound;
        if (isUnavailable)
        {
            Response.Headers.RetryAfter = LedgerStore.RetryAfterSeconds;
        }

        (Heading, Remedy) = Code switch
        {
            400 => ("The request cannot be understood", "If you sent a form that was open for long, open it again: forms are valid as long as the session."),
            401 => ("You are not signed in", "Sign in and try again."),
            403 => ("You may not do this", "Ask an administrator for a role that may: viewers look, operators change requests, administrators see audit and jobs."),
            404 => ("There is nothing here", "The address is wrong, or what it names belongs to another tenant."),
            405 => ("This address takes no such request", "Use the buttons of the page."),
            413 => ("The request is too large", "Split the list of studies into several requests."),
            415 => ("The request has a format that is not accepted", "Send a form or JSON, as the OpenAPI document describes."),
            429 => ("Too many requests", "Wait a minute and try again."),
            503 when isUnavailable => ("The ledger cannot be used now", $"The reason: {ledger.Describe(error!)}. What runs waits for it and loses nothing. Try again later."),
            >= 500 => ("The service could not do it", "Nothing was changed. Try again; if it fails again, the log of the service has the reason."),
            _ => ("The request was refused", "Go back and try again."),
        };
        var path = HttpContext.Features.Get<IStatusCodeReExecuteFeature>()?.OriginalPath ?? HttpContext.Features.Get<IExceptionHandlerPathFeature>()?.Path;
        Response.StatusCode = Code;
        return path is not null && ServicePaths.IsForPrograms(path) ? new ObjectResult(new ProblemDetails { Status = Code, Title = Heading, Detail = Remedy }) { StatusCode = Code } : Page();
    }
}
