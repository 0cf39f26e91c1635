using System.Net;
using CodRetrieve.Service.Security;
using CodRetrieve.Service.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace CodRetrieve.Service.Tests.Security;

/// <summary>Every endpoint of the service, asked by everyone.</summary>
public sealed class EndpointTests
{
    private const string Study = "1.2.3";

    /// <summary>Who may ask: an endpoint that is not in this list fails the test until somebody has decided.</summary>
    private static readonly Dictionary<string, ServiceRole?> Allowed = new(StringComparer.Ordinal)
    {
        ["GET /api/requests"] = ServiceRole.Viewer,
        ["GET /api/requests/{id:long}"] = ServiceRole.Viewer,
        ["GET /api/requests/{id:long}/events"] = ServiceRole.Viewer,
        ["GET /api/requests/{id:long}/failures"] = ServiceRole.Viewer,
        ["GET /api/requests/{id:long}/studies"] = ServiceRole.Viewer,
        ["GET /api/requests/{id:long}/studies/{study}"] = ServiceRole.Viewer,
        ["GET /api/requests/{id:long}/shards"] = ServiceRole.Viewer,
        ["GET /api/studies"] = ServiceRole.Viewer,
        ["GET /api/nodes"] = ServiceRole.Viewer,
        ["GET /api/overview"] = ServiceRole.Viewer,
        ["GET /api/names"] = ServiceRole.Viewer,
        ["POST /api/requests"] = ServiceRole.Operator,
        ["POST /api/requests/{id:long}/cancel"] = ServiceRole.Operator,
        ["POST /api/requests/{id:long}/pause"] = ServiceRole.Operator,
        ["POST /api/requests/{id:long}/resume"] = ServiceRole.Operator,
        ["POST /api/requests/{id:long}/retry"] = ServiceRole.Operator,
        ["GET /api/audit"] = ServiceRole.Administrator,
        ["GET /openapi/{documentName}.json"] = ServiceRole.Viewer,
        ["GET /live/"] = ServiceRole.Viewer,
        ["GET /live/{id:long}"] = ServiceRole.Viewer,
        ["* /"] = ServiceRole.Viewer,
        ["* /Index"] = ServiceRole.Viewer,
        ["* /requests"] = ServiceRole.Viewer,
        ["* /requests/{id:long}"] = ServiceRole.Viewer,
        ["* /requests/{id:long}/studies/{uid}"] = ServiceRole.Viewer,
        ["* /studies"] = ServiceRole.Viewer,
        ["* /nodes"] = ServiceRole.Viewer,
        ["* /requests/new"] = ServiceRole.Operator,
        ["* /requests/{id:long}/{act:regex(^(pause|resume|cancel|retry)$)}"] = ServiceRole.Operator,
        ["* /keys"] = ServiceRole.Administrator,
        ["* /audit"] = ServiceRole.Administrator,
        ["* /jobs/{**path}"] = ServiceRole.Administrator,
        ["* /health/live"] = null,
        ["* /health/ready"] = null,
        ["* /sign-in"] = null,
        ["* /sign-out"] = null,
        ["* /error/{code:int}"] = null,
    };

    [Fact(Timeout = 120_000)]
    public async Task Every_endpoint_lets_in_who_may_and_nobody_else()
    {
        await using var service = await (await TestService.CreateAsync(settings: "--Security:RequestsPerMinute=1000000")).StartAsync();
        await service.RequestAsync([Study]);
        var keys = new Dictionary<ServiceRole, string>();
        foreach (var role in Enum.GetValues<ServiceRole>())
        {
            keys[role] = await service.CreateKeyAsync(role);
        }

        var wrong = new List<string>();
        var asked = 0;
        // The dashboard refuses what has no token of its own.
        foreach (var (name, method, address) in Endpoints(service).Where(endpoint => !(endpoint.Name.StartsWith("* /jobs", StringComparison.Ordinal) && endpoint.Method == HttpMethod.Post)))
        {
            if (!Allowed.TryGetValue(name, out var least))
            {
                wrong.Add($"{name}: nobody has decided who may");
                continue;
            }

            foreach (var role in new ServiceRole?[] { null }.Concat(keys.Keys.Cast<ServiceRole?>()))
            {
                using var client = service.ClientOf(role is { } one ? keys[one] : null);
                using var request = new HttpRequestMessage(method, address);
                if (method == HttpMethod.Post && address.StartsWith("/api", StringComparison.Ordinal))
                {
                    request.Content = Visit.Json("{}");
                }

                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                asked++;
                var isRefused = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                    || response.Headers.Location?.OriginalString.StartsWith("/sign-in", StringComparison.Ordinal) == true && address != "/sign-out";
                var mustRefuse = least is not null && (role is null || role < least);
                if (isRefused != mustRefuse || (int)response.StatusCode >= 500)
                {
                    wrong.Add($"{method} {address} as {role?.ToString() ?? "nobody"}: {(int)response.StatusCode} {response.Headers.Location}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(asked > 150, $"{asked} requests");
        Assert.Empty(Allowed.Keys.Except(Endpoints(service).Select(endpoint => endpoint.Name), StringComparer.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task No_form_is_taken_without_its_token()
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        await service.RequestAsync([Study]);
        var posts = Endpoints(service).Where(endpoint => endpoint.Name.StartsWith("* ", StringComparison.Ordinal) && endpoint.Method == HttpMethod.Post
            && !endpoint.Name.Contains("/jobs", StringComparison.Ordinal) && !endpoint.Name.Contains("/health", StringComparison.Ordinal) && !endpoint.Name.Contains("/error", StringComparison.Ordinal)).ToList();
        using var client = service.ClientOf(key: null);

        foreach (var (name, _, address) in posts)
        {
            using var response = await client.PostAsync(address, new FormUrlEncodedContent([]));
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{name}: {(int)response.StatusCode}");
        }

        Assert.True(posts.Count > 8);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_forgotten_endpoint_is_closed_and_one_that_is_not_there_is_said_not_to_be()
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        var administrator = ServiceUser.Local.ToIdentity("test");
        var authorization = service.Get<IAuthorizationService>();
        var fallback = (await service.Get<IAuthorizationPolicyProvider>().GetFallbackPolicyAsync())!;
        var forgotten = new DefaultHttpContext();
        forgotten.SetEndpoint(new RouteEndpoint(static _ => Task.CompletedTask, RoutePatternFactory.Parse("/forgotten"), 0, new EndpointMetadataCollection(), "forgotten"));

        Assert.False((await authorization.AuthorizeAsync(new(administrator), forgotten, fallback)).Succeeded);
        Assert.True((await authorization.AuthorizeAsync(new(administrator), new DefaultHttpContext(), fallback)).Succeeded);

        using var client = service.ClientOf(key: null);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/nothing-here")).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.DeleteAsync("/api/requests")).StatusCode);
        await service.CreateKeyAsync(ServiceRole.Viewer);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/nothing-here")).StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_administrator_of_a_tenant_does_not_see_the_jobs_of_all()
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        using var north = service.ClientOf(await service.CreateKeyAsync(ServiceRole.Administrator, "north"));
        using var all = service.ClientOf(await service.CreateKeyAsync(ServiceRole.Administrator));

        Assert.Equal(HttpStatusCode.Forbidden, (await north.GetAsync("/jobs")).StatusCode);
        var jobs = await all.GetStringAsync("/jobs");
        Assert.Contains("CodRetrieve jobs", jobs, StringComparison.Ordinal);
        Assert.DoesNotContain(service.Folder, jobs, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, HttpMethod Method, string Address)> Endpoints(TestService service)
    {
        foreach (var endpoint in service.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            var address = pattern.Replace("{id:long}", "1", StringComparison.Ordinal).Replace("{study}", Study, StringComparison.Ordinal).Replace("{uid}", Study, StringComparison.Ordinal)
                .Replace("{act:regex(^(pause|resume|cancel|retry)$)}", "pause", StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal)
                .Replace("{**path}", "", StringComparison.Ordinal).Replace("{code:int}", "404", StringComparison.Ordinal);
            if (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods)
            {
                foreach (var method in methods)
                {
                    yield return ($"{method} {pattern}", new HttpMethod(method), address);
                }
            }
            else
            {
                yield return ($"* {pattern}", HttpMethod.Get, address);
                yield return ($"* {pattern}", HttpMethod.Post, address);
            }
        }
    }
}
