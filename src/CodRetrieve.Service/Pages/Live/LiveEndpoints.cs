using CodRetrieve.Service.Api;
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
            ChangeStream.DoNotBuffer(context.Response);
            return TypedResults.ServerSentEvents(feed.OfAllAsync(context));
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

            ChangeStream.DoNotBuffer(context.Response);
            return TypedResults.ServerSentEvents(feed.OfAsync(id, caller, context));
        });
    }
}
