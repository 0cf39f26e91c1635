namespace CodRetrieve.Service.Security;

/// <summary>The names of the authorization policies. Every endpoint names one of them, or allows everyone; what names none is closed to all.</summary>
internal static class ServicePolicies
{
    public const string Viewer = "viewer";
    public const string Operator = "operator";
    public const string Administrator = "administrator";

    /// <summary>An administrator of the whole service, not of one tenant: the job engine knows no tenants.</summary>
    public const string Dashboard = "dashboard";

    /// <summary>A viewer of the whole service, not of one tenant: metrics count the requests of all.</summary>
    public const string Metrics = "metrics";
}
