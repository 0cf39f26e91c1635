using System.Net;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Security;
using CodRetrieve.Service.Tests.Support;

namespace CodRetrieve.Service.Tests;

public sealed class ServiceApplicationTests
{
    [PostgresFact(Timeout = 120_000)]
    public async Task A_node_that_starts_before_its_database_works_as_soon_as_that_responds()
    {
        await using var store = await TestStoreServer.StartAsync(3);
        await using var postgres = await PostgresServer.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var service = await TestService.CreateAsync(database, TestStoreServer.Url, settings: [store.Endpoint]);
        await postgres.CrashAsync();
        await service.StartAsync();
        using var client = service.CreateClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/health/ready")).StatusCode);

        // Nobody is let in, and both people and programs learn it in their own way.
        using var keyed = service.ClientOf(ApiKey.Create().Reveal());
        var responses = await Task.WhenAll(client.GetAsync("/"), client.GetAsync("/api/requests"), keyed.GetAsync("/api/requests"));
        Assert.All(responses, static response => Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (response.StatusCode, response.Headers.RetryAfter?.Delta > TimeSpan.Zero)));
        Assert.Equal(["text/html", "application/problem+json", "application/problem+json"], responses.Select(static response => response.Content.Headers.ContentType?.MediaType));

        await postgres.ResumeAsync();
        await client.WaitUntilReadyAsync();
        Assert.Equal(RequestState.Completed, (await service.EndOfAsync((await service.RequestAsync(store.Uids)).Id)).State);
    }
}
