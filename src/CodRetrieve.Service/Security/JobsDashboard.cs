using Hangfire;
using Hangfire.Dashboard;

namespace CodRetrieve.Service.Security;

/// <summary>Hangfire's dashboard.</summary>
internal static class JobsDashboard
{
    public static void MapJobsDashboard(this IEndpointRouteBuilder endpoints) => endpoints.MapHangfireDashboardWithAuthorizationPolicy(ServicePolicies.Dashboard, ServicePaths.Dashboard, new DashboardOptions
    {
        // The policy decides. The dashboard's own filter takes whatever a reverse proxy on the same host passes on for a local request.
        Authorization = [],
        AsyncAuthorization = [],
        DisplayStorageConnectionString = false,
        IsReadOnlyFunc = static context => !context.GetHttpContext().User.IsInRole(ServiceRoles.Administrator),
        AppPath = "/",
        DashboardTitle = "CodRetrieve jobs",
        DarkModeEnabled = true,
    });
}
