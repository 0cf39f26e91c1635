using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;

namespace CodRetrieve.Service.Pages.Live;

/// <summary>The streams that keep open pages up to date.</summary>
internal static class LiveEndpoints
{
    public static void MapLive(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup(ServicePaths.Live).RequireAuthorization(ServicePolicies.Viewer).RequireRateLimiting(RateLimits.Events).ExcludeFromDescription();
        group.MapGet("/", (HttpContext context, LiveFeed feed) =>
        {
            Prepare(context.Response);
            return TypedResults.ServerSentEvents(feed.OfAllAsync(context.RequestAborted));
        });
        group.MapGet("/{id:long}", async (long id, HttpContext context, LiveFeed feed, RequestService requests) =>
        {
            var caller = ServiceUser.Of(context.User).ToCaller();
            try
            {
                await requests.GetAsync(id, caller, context.RequestAborted);
            }
            catch (RequestRefusedException)
            {
                return Results.NotFound();
            }

            Prepare(context.Response);
            return TypedResults.ServerSentEvents(feed.OfAsync(id, caller, context.RequestAborted));
        });
    }

    // nginx holds back what it passes on, unless it is asked not to.
    private static void Prepare(HttpResponse response) => response.Headers["X-Accel-Buffering"] = "no";
}
