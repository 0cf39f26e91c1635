using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Net.Http.Headers;

namespace CodRetrieve.Service.Security;

/// <summary>How often a caller may ask.</summary>
internal static class RateLimits
{
    /// <summary>The policy of the sign-in form.</summary>
    public const string SignIn = "sign-in";

    /// <summary>The policy of streams of events, which stay open.</summary>
    public const string Events = "events";

    public static void Configure(RateLimiterOptions limiter, SecurityOptions options)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetTokenBucketLimiter(CallerOf(context), _ => new()
        {
            TokenLimit = options.RequestsPerMinute,
            TokensPerPeriod = Math.Max(1, options.RequestsPerMinute / 60),
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }));
        // Looking at the form is free.
        limiter.AddPolicy(SignIn, context => HttpMethods.IsPost(context.Request.Method)
            ? RateLimitPartition.GetFixedWindowLimiter(AddressOf(context), _ => new() { PermitLimit = options.SignInsPerMinute, Window = TimeSpan.FromMinutes(1) })
            : RateLimitPartition.GetNoLimiter("form"));
        limiter.AddPolicy(Events, context => RateLimitPartition.GetConcurrencyLimiter(CallerOf(context), _ => new() { PermitLimit = options.MaxEventStreams }));
        limiter.OnRejected = static (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromSeconds(1);
            rejected.HttpContext.Response.Headers[HeaderNames.RetryAfter] = Math.Ceiling(Math.Max(1, wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        };
    }

    private static string CallerOf(HttpContext context) => ServiceUser.TryRead(context.User)?.Subject ?? AddressOf(context);

    private static string AddressOf(HttpContext context) => $"address:{context.Connection.RemoteIpAddress}";
}
