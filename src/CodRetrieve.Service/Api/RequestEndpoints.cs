using System.Text.Json;
using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Api;

/// <summary>The REST API.</summary>
internal static class RequestEndpoints
{
    public const string IdempotencyKeyHeader = "Idempotency-Key";
    private static readonly byte[] NewLine = [(byte)'\n'];

    /// <summary>Maps what reads.</summary>
    public static RouteGroupBuilder MapReading(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api").WithTags("Requests");
        api.MapGet("/requests", ListAsync).WithName("ListRequests").WithSummary("Lists requests, the newest first.").ProducesProblem(400);
        api.MapGet("/requests/{id:long}", GetAsync).WithName("GetRequest").WithSummary("Returns a request.").ProducesProblem(404);
        api.MapGet("/requests/{id:long}/events", WatchAsync).WithName("WatchRequest").WithSummary("Sends the request as a server-sent event each time it has changed, until it has ended.")
            .RequireRateLimiting(RateLimits.Events);
        api.MapGet("/requests/{id:long}/failures", FailuresAsync).WithName("ListFailures").WithSummary("Returns the studies that failed, as JSON lines.")
            .Produces<StudyRecord>(200, "application/jsonl").ProducesProblem(404);
        api.MapGet("/requests/{id:long}/studies", StudiesAsync).WithName("ListStudies").WithSummary("Lists the studies of a request in their order.").ProducesProblem(404);
        api.MapGet("/requests/{id:long}/studies/{study}", StudyAsync).WithName("GetStudy").WithSummary("Returns a study with each of its series, as store and destination are now.").ProducesProblem(404);
        api.MapGet("/requests/{id:long}/shards", ShardsAsync).WithName("ListShards").WithSummary("Lists the shards of a request, those in hand first.").ProducesProblem(404);
        api.MapGet("/studies", FindAsync).WithName("FindStudies").WithSummary("Finds studies in all requests by the beginning of their UID.").ProducesProblem(400);
        api.MapGet("/nodes", (RequestService service, ICallerSource callers, HttpContext context, CancellationToken cancellationToken) => service.NodesAsync(callers.Of(context), cancellationToken)).WithName("ListNodes").WithSummary("Lists the nodes and their leases.");
        api.MapGet("/overview", (RequestService service, ICallerSource callers, HttpContext context, CancellationToken cancellationToken) => service.OverviewAsync(callers.Of(context), cancellationToken))
            .WithName("GetOverview").WithSummary("Returns what there is to do.");
        api.MapGet("/names", (RequestService service) => new Names(service.Stores, service.Destinations)).WithName("ListNames").WithSummary("Lists the stores and destinations that a request may name.");
        return api;
    }

    /// <summary>Maps what changes something.</summary>
    public static RouteGroupBuilder MapChanging(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api").WithTags("Requests");
        api.MapPost("/requests", CreateAsync).WithName("CreateRequest")
            .WithSummary("Accepts a request. With dryRun=true it only says what the request would do.")
            .WithDescription("The studies may also come as a cohort: a body of text/csv, application/jsonl or application/vnd.apache.parquet, with store, destination, where, priority and maxShards in the query.")
            .Accepts<RequestSchema>("application/json", CohortBody.Types).Produces<RequestDetails>(202).Produces<DryRunReport>(200).ProducesProblem(400).ProducesProblem(413).ProducesProblem(422);
        api.MapPost("/requests/{id:long}/cancel", Change((service, id, caller, token) => service.CancelAsync(id, caller, token))).WithName("CancelRequest")
            .WithSummary("Cancels a request. What is saved stays.").Produces<RequestDetails>().ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/requests/{id:long}/retry", Change((service, id, caller, token) => service.RetryAsync(id, caller, token))).WithName("RetryRequest")
            .WithSummary("Tries the studies that failed again.").Produces<RequestDetails>().ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/requests/{id:long}/pause", Change((service, id, caller, token) => service.PauseAsync(id, caller, token))).WithName("PauseRequest")
            .WithSummary("Lets no further shard of a request begin.").Produces<RequestDetails>().ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/requests/{id:long}/resume", Change((service, id, caller, token) => service.ResumeAsync(id, caller, token))).WithName("ResumeRequest")
            .WithSummary("Lets a request that is paused go on.").Produces<RequestDetails>().ProducesProblem(404).ProducesProblem(409);
        return api;
    }

    /// <summary>Maps what only administrators may read.</summary>
    public static RouteGroupBuilder MapAudit(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api").WithTags("Audit");
        api.MapGet("/audit", AuditAsync).WithName("ExportAudit").WithSummary("Returns the audit trail as JSON lines.").Produces<AuditRecord>(200, "application/jsonl");
        return api;
    }

    private static async Task<IResult> CreateAsync(HttpContext context, RequestService service, ICallerSource callers, IOptions<ServiceOptions> options, [FromQuery] bool dryRun = false)
    {
        var cancellationToken = context.RequestAborted;
        var isCohort = CohortBody.IsCohort(context.Request.ContentType);
        if (!isCohort && !context.Request.HasJsonContentType())
        {
            return TypedResults.Problem("Send the request as application/json, or a cohort as text/csv, application/jsonl or application/vnd.apache.parquet.", statusCode: StatusCodes.Status415UnsupportedMediaType, title: "The content type is not known.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.Value.Limits.RequestBodyBytes;
        }

        await using var studies = service.OpenSpool();
        var request = isCohort
            ? await CohortBody.ReadAsync(context.Request, studies, cancellationToken)
            : await RequestBody.ReadAsync(context.Request.BodyReader, studies, cancellationToken);
        if (dryRun)
        {
            return TypedResults.Ok(await service.DryRunAsync(request, studies, cancellationToken));
        }

        var key = context.Request.Headers[IdempotencyKeyHeader] is { Count: > 0 } given ? given.ToString() : null;
        var created = await service.CreateAsync(request, studies, key, callers.Of(context), cancellationToken);
        return TypedResults.Accepted($"/api/requests/{created.Request.Id}", created.Request);
    }

    private static Func<long, HttpContext, RequestService, ICallerSource, CancellationToken, Task<Ok<RequestDetails>>> Change(
        Func<RequestService, long, Caller, CancellationToken, Task<RequestDetails>> change) =>
        async (id, context, service, callers, cancellationToken) => TypedResults.Ok(await change(service, id, callers.Of(context), cancellationToken));

    private static async Task<Ok<RequestDetails>> GetAsync(long id, HttpContext context, RequestService service, ICallerSource callers, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.GetAsync(id, callers.Of(context), cancellationToken));

    private static async Task<Ok<Page<RequestDetails>>> ListAsync(
        HttpContext context, RequestService service, ICallerSource callers, CancellationToken cancellationToken,
        RequestState? state = null, string? store = null, string? destination = null, string? createdBy = null, string? after = null, int size = 50) =>
        TypedResults.Ok(await service.ListAsync(new RequestQuery(state, store, destination, createdBy, after, size), callers.Of(context), cancellationToken));

    private static async Task<Ok<Page<StudyRecord>>> StudiesAsync(
        long id, HttpContext context, RequestService service, ICallerSource callers, CancellationToken cancellationToken, StudyState? state = null, string? after = null, int size = 100) =>
        TypedResults.Ok(await service.StudiesAsync(id, new StudyQuery(state, after, size), callers.Of(context), cancellationToken));

    private static async Task<Ok<StudyDetails>> StudyAsync(long id, string study, HttpContext context, RequestService service, ICallerSource callers, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.DescribeStudyAsync(id, study, callers.Of(context), cancellationToken));

    private static async Task<Ok<IReadOnlyList<ShardRecord>>> ShardsAsync(
        long id, HttpContext context, RequestService service, ICallerSource callers, CancellationToken cancellationToken, int size = 100) =>
        TypedResults.Ok(await service.ShardsAsync(id, size, callers.Of(context), cancellationToken));

    private static async Task<Ok<Page<StudyRecord>>> FindAsync(
        string uid, HttpContext context, RequestService service, ICallerSource callers, CancellationToken cancellationToken, string? after = null, int size = 100) =>
        TypedResults.Ok(await service.FindStudiesAsync(uid, after, size, callers.Of(context), cancellationToken));

    private static async Task<IResult> WatchAsync(long id, HttpContext context, RequestService service, ICallerSource callers, ChangeStream changes, CancellationToken cancellationToken)
    {
        // The first one before the response begins, so that a request that is not there is a 404.
        var caller = callers.Of(context);
        await service.GetAsync(id, caller, cancellationToken);
        ChangeStream.DoNotBuffer(context.Response);
        return TypedResults.ServerSentEvents(changes.FollowAsync(
            context, "request", token => service.GetAsync(id, caller, token), static (last, now) => last.IsSameAs(now), static request => request.IsEnded && request.ShardsRunning == 0, cancellationToken));
    }

    private static async Task FailuresAsync(long id, HttpContext context, RequestService service, ICallerSource callers, CancellationToken cancellationToken)
    {
        var caller = callers.Of(context);
        await service.GetAsync(id, caller, cancellationToken);
        await WriteLinesAsync(context, service.FailuresAsync(id, caller, cancellationToken), cancellationToken);
    }

    private static Task AuditAsync(HttpContext context, RequestService service, ICallerSource callers, CancellationToken cancellationToken, long after = 0) =>
        WriteLinesAsync(context, service.AuditTrailAsync(after, callers.Of(context), cancellationToken), cancellationToken);

    private static async Task WriteLinesAsync<T>(HttpContext context, IAsyncEnumerable<T> rows, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "application/jsonl; charset=utf-8";
        await foreach (var row in rows)
        {
            await JsonSerializer.SerializeAsync(context.Response.Body, row, RequestMapping.Json, cancellationToken);
            await context.Response.Body.WriteAsync(NewLine, cancellationToken);
        }
    }
}
