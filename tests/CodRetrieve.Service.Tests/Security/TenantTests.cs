using System.Net;
using System.Text.Json;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Security;
using CodRetrieve.Service.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Tests.Security;

public sealed class TenantTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_request_of_another_tenant_is_as_if_it_were_not_there()
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        using var north = service.ClientOf(await service.CreateKeyAsync(ServiceRole.Administrator, "north"));
        using var south = service.ClientOf(await service.CreateKeyAsync(ServiceRole.Administrator, "south"));
        using var all = service.ClientOf(await service.CreateKeyAsync(ServiceRole.Administrator));
        Assert.Equal(HttpStatusCode.Accepted, (await CreateAsync(north, "1.2.3")).StatusCode);
        await service.EndOfAsync(1);

        foreach (var address in new[]
        {
            "/api/requests/1", "/api/requests/1/events", "/api/requests/1/failures", "/api/requests/1/studies", "/api/requests/1/studies/1.2.3", "/api/requests/1/shards", "/live/1",
            "/requests/1", "/requests/1/studies/1.2.3",
        })
        {
            Assert.True((await south.GetAsync(address, HttpCompletionOption.ResponseHeadersRead)).StatusCode == HttpStatusCode.NotFound, address);
            Assert.True((await north.GetAsync(address, HttpCompletionOption.ResponseHeadersRead)).StatusCode == HttpStatusCode.OK, address);
            Assert.True((await all.GetAsync(address, HttpCompletionOption.ResponseHeadersRead)).StatusCode == HttpStatusCode.OK, address);
        }

        foreach (var change in new[] { "cancel", "pause", "resume", "retry" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await south.PostAsync($"/api/requests/1/{change}", content: null)).StatusCode);
        }

        foreach (var address in new[] { "/", "/requests", "/studies?uid=1.2.3", "/audit", "/keys", "/api/requests", "/api/studies?uid=1.2.3", "/api/audit" })
        {
            var text = await south.GetStringAsync(address);
            Assert.DoesNotContain("north", text, StringComparison.Ordinal);
            Assert.DoesNotContain("/requests/1", text, StringComparison.Ordinal);
            Assert.False(address.StartsWith("/api", StringComparison.Ordinal) && text.Contains("1.2.3", StringComparison.Ordinal), text);
        }

        Assert.Contains("north", await north.GetStringAsync("/api/audit"), StringComparison.Ordinal);
        Assert.Contains("/requests/1", await all.GetStringAsync("/requests"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_idempotency_key_of_another_tenant_is_another_key()
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        using var north = service.ClientOf(await service.CreateKeyAsync(ServiceRole.Operator, "north"));
        using var south = service.ClientOf(await service.CreateKeyAsync(ServiceRole.Operator, "south"));
        foreach (var client in new[] { north, south })
        {
            client.DefaultRequestHeaders.Add("Idempotency-Key", "same");
        }

        using var first = JsonDocument.Parse(await (await CreateAsync(north, "1.2.3")).Content.ReadAsStringAsync());
        using var again = JsonDocument.Parse(await (await CreateAsync(north, "1.2.3")).Content.ReadAsStringAsync());
        using var other = JsonDocument.Parse(await (await CreateAsync(south, "1.2.3")).Content.ReadAsStringAsync());

        Assert.Equal(first.RootElement.GetProperty("id").GetInt64(), again.RootElement.GetProperty("id").GetInt64());
        Assert.NotEqual(first.RootElement.GetProperty("id").GetInt64(), other.RootElement.GetProperty("id").GetInt64());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_node_shows_whose_shard_it_runs_to_the_tenant_only()
    {
        await using var service = await TestService.CreateAsync();
        var north = new ServiceUser("key:n", "n", ServiceRole.Viewer, "north").ToCaller();
        await service.RequestAsync(["1.2.3"], caller: north);
        await service.Ledger.WriteAsync(
            async (context, token) =>
            {
                var now = await context.ReadClockAsync(token);
                context.Nodes.Add(new NodeEntity { Id = "node", Name = "node", Workers = 1, StartedAt = now, SeenAt = now });
                await context.SaveChangesAsync(token);
                return await context.Shards.ExecuteUpdateAsync(set => set.SetProperty(shard => shard.State, ShardState.Running).SetProperty(shard => shard.NodeId, "node"), token);
            },
            CancellationToken.None);

        Assert.Equal(1, await RequestOfLeaseAsync(north));
        Assert.Equal(1, await RequestOfLeaseAsync(TestService.Caller));
        Assert.Null(await RequestOfLeaseAsync(new ServiceUser("key:s", "s", ServiceRole.Administrator, "south").ToCaller()));

        async Task<long?> RequestOfLeaseAsync(Caller caller) =>
            Assert.Single((await service.Requests.NodesAsync(caller, CancellationToken.None)).Single(node => node.Id == "node").Leases).RequestId;
    }

    [Fact(Timeout = 60_000)]
    public async Task An_administrator_of_a_tenant_manages_the_keys_of_the_tenant_only()
    {
        await using var service = await (await TestService.CreateAsync()).StartAsync();
        var keys = service.Get<ApiKeyService>();
        Assert.True(ApiKey.TryParse(await service.CreateKeyAsync(ServiceRole.Administrator), out var all));
        Assert.True(ApiKey.TryParse(await service.CreateKeyAsync(ServiceRole.Viewer, "south"), out var south));
        var north = new ServiceUser("key:n", "n", ServiceRole.Administrator, "north").ToCaller();

        Assert.Empty(await keys.ListAsync(north, CancellationToken.None));
        Assert.False(await keys.RevokeAsync(all.Id, north, CancellationToken.None));
        Assert.False(await keys.RevokeAsync(south.Id, north, CancellationToken.None));
        Assert.True(await keys.RevokeAsync(south.Id, TestService.Caller, CancellationToken.None));
        Assert.False(await keys.RevokeAsync(south.Id, TestService.Caller, CancellationToken.None));
    }

    private static Task<HttpResponseMessage> CreateAsync(HttpClient client, string study) =>
        client.PostAsync("/api/requests", Visit.Json($$"""{"store": "store", "destination": "folder", "studies": ["{{study}}"]}"""));
}
