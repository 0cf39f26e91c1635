using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Net.Http.Headers;

namespace CodRetrieve.Service.Security;

/// <summary>
/// Refuses requests that change something and that a browser sends for another site. The page's forms have tokens besides; the API has this alone, for callers whom the browser
/// authenticates by itself: with a session's cookie, or without any credential on loopback.
/// </summary>
internal static class CrossSiteRequests
{
    private const string FetchSite = "Sec-Fetch-Site";

    public static IApplicationBuilder UseCrossSiteProtection(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (IsSafe(context.Request.Method) || IsAskedForByItself(context) || !IsFromAnotherSite(context.Request))
        {
            return next(context);
        }

        return Results.Problem(
            statusCode: StatusCodes.Status403Forbidden,
            title: "The request comes from another site.",
            detail: "Requests that change something are accepted from the service's own pages, or with an API key or token in a header.").ExecuteAsync(context);
    });

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    // A browser adds no key or token of its own accord; and the provider's response to a sign-in comes from its site, with a state of its own.
    private static bool IsAskedForByItself(HttpContext context) =>
        context.User.Identity?.AuthenticationType is ServiceSchemes.ApiKey or ServiceSchemes.Bearer;

    private static bool IsFromAnotherSite(HttpRequest request)
    {
        if (request.Headers.TryGetValue(FetchSite, out var site))
        {
            // "same-site" is another port of the same host, which may be anybody's.
            return site.ToString() is not ("same-origin" or "none");
        }

        return request.Headers.TryGetValue(HeaderNames.Origin, out var origin)
            && !string.Equals(origin.ToString(), UriHelper.BuildAbsolute(request.Scheme, request.Host).TrimEnd('/'), StringComparison.OrdinalIgnoreCase);
    }
}
