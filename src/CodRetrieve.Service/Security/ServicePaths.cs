using Microsoft.AspNetCore.Diagnostics;

namespace CodRetrieve.Service.Security;

/// <summary>The roots that are treated in their own way.</summary>
internal static class ServicePaths
{
    public const string Api = "/api";
    public const string Requests = Api + "/requests";
    public const string Dashboard = "/jobs";
    public const string SignIn = "/sign-in";
    public const string Live = "/live";
    public const string Health = "/health";
    public const string Metrics = "/metrics";

    /// <summary>Whether nobody is asked who they are: the service's health, and what says that the service could not do something, do not depend on the ledger, which knows that.</summary>
    public static bool IsForEveryone(HttpContext context) =>
        context.Request.Path.StartsWithSegments(Health, StringComparison.OrdinalIgnoreCase) || context.Features.Get<IExceptionHandlerFeature>() is not null;

    /// <summary>Whether programs, and not people, ask here: errors are problem details, and nobody is sent to a page.</summary>
    public static bool IsForPrograms(PathString path) =>
        path.StartsWithSegments(Api, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/openapi", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(Health, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(Metrics, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(Live, StringComparison.OrdinalIgnoreCase);
}
