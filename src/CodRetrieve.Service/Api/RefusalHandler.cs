using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Running;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace CodRetrieve.Service.Api;

/// <summary>Turns refusals into problem details (RFC 9457).</summary>
internal sealed class RefusalHandler(IProblemDetailsService problems, LedgerStore ledger, ILogger<RefusalHandler> logger) : IExceptionHandler
{
    // ENOSPC, and ERROR_DISK_FULL.
    private const int NoSpace = 28;
    private const int DiskFull = unchecked((int)0x80070070);

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        ProblemDetails? details = exception switch
        {
            RequestRefusedException refused => new ProblemDetails { Status = StatusOf(refused.Kind), Title = TitleOf(refused.Kind), Detail = refused.Message },
            BadHttpRequestException bad => new ProblemDetails { Status = bad.StatusCode, Title = "The request cannot be read.", Detail = bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The body is too large." : null },
            OperationCanceledException => null,
            IOException { HResult: NoSpace or DiskFull } => Unavailable(httpContext, "no space is left for temporary files", isUnchanged: true),
            _ => ledger.FaultOf(exception) is var fault and not LedgerFault.Other ? Unavailable(httpContext, ledger.Describe(exception), isUnchanged: fault != LedgerFault.Unreachable) : null,
        };
        if (details is null)
        {
            return false;
        }

        httpContext.Response.StatusCode = details.Status!.Value;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = details });
    }

    // What was changed until then was rolled back with its transaction; only of a commit without a response it is not known.
    private ProblemDetails? Unavailable(HttpContext context, string problem, bool isUnchanged)
    {
        logger.LogUnavailable(problem);
        if (context.Features.Get<IExceptionHandlerPathFeature>() is { } failed && !ServicePaths.IsForPrograms(failed.Path))
        {
            // The page of errors says it to people.
            return null;
        }

        context.Response.Headers.RetryAfter = LedgerStore.RetryAfterSeconds;
        var advice = isUnchanged ? "Nothing was changed. Try it again later." : "Try it again later; with an Idempotency-Key it is accepted only once.";
        return new ProblemDetails { Status = StatusCodes.Status503ServiceUnavailable, Title = "The service cannot do it now.", Detail = $"The reason: {problem}. {advice}" };
    }

    private static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.NotFound => StatusCodes.Status404NotFound,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        RefusalKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RefusalKind.KeyReused => StatusCodes.Status422UnprocessableEntity,
        RefusalKind.Upstream => StatusCodes.Status502BadGateway,
        _ => StatusCodes.Status400BadRequest,
    };

    private static string TitleOf(RefusalKind kind) => kind switch
    {
        RefusalKind.NotFound => "There is no such thing.",
        RefusalKind.Conflict => "The state of the request does not allow it.",
        RefusalKind.TooLarge => "The request is too large.",
        RefusalKind.KeyReused => "The idempotency key was used before.",
        RefusalKind.Upstream => "The store or the destination cannot be used.",
        _ => "The request makes no sense as it is written.",
    };
}
