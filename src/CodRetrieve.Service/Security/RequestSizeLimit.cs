using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace CodRetrieve.Service.Security;

/// <summary>Refuses bodies that are too large by what they announce, before a byte of them is read; those that announce nothing are cut off where they pass the limit.</summary>
internal static class RequestSizeLimit
{
    /// <summary>The longest body of a request that has no list of studies, in bytes.</summary>
    public const long SmallBytes = 1024 * 1024;

    public static IApplicationBuilder UseRequestSizeLimit(this IApplicationBuilder app, long listBytes) => app.Use((context, next) =>
    {
        var limit = IsList(context.Request) ? listBytes : SmallBytes;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = limit;
        }

        // The page that says so to people is shown for the same request.
        if (context.Request.ContentLength is not { } length || length <= limit || context.Features.Get<IStatusCodeReExecuteFeature>() is not null)
        {
            return next(context);
        }

        // Otherwise the server would go on reading what nobody wants.
        context.Response.Headers.Connection = "close";
        if (!ServicePaths.IsForPrograms(context.Request.Path))
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return Task.CompletedTask;
        }

        return Results.Problem(
            statusCode: StatusCodes.Status413PayloadTooLarge,
            title: "The request is too large.",
            detail: $"Its body has {length} bytes, at most {limit} are accepted. Split the list of studies into several requests.").ExecuteAsync(context);
    });

    private static bool IsList(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Path.Equals(ServicePaths.Requests, StringComparison.OrdinalIgnoreCase);
}
