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

    /// <summary>Whether programs, and not people, ask here: errors are problem details, and nobody is sent to a page.</summary>
    public static bool IsForPrograms(PathString path) =>
        path.StartsWithSegments(Api, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/openapi", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(Health, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(Metrics, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(Live, StringComparison.OrdinalIgnoreCase);
}
