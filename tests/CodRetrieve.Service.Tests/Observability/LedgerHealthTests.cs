using System.Net;
using CodRetrieve.Service.Tests.Support;
using Npgsql;

namespace CodRetrieve.Service.Tests.Observability;

/// <summary>What the probes say of a node whose database is out of reach.</summary>
public sealed class LedgerHealthTests(PostgresFixture server) : IClassFixture<PostgresFixture>
{
    [Trait("Duration", "long")]
    [PostgresTheory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Node_that_is_cut_off_from_its_database_is_alive_and_not_ready(bool isSilent)
    {
        var database = await server.CreateDatabaseAsync();
        using var relay = new Relay(new NpgsqlConnectionStringBuilder(database).Port);
        await using var service = await (await TestService.CreateAsync(PostgresServer.Through(relay.Port, database), settings: "--Service:Node:RunsShards=false")).StartAsync();
        using var client = service.CreateClient();
        client.Timeout = TimeSpan.FromSeconds(20);
        Assert.Equal("Healthy", await client.GetStringAsync("/health/ready"));
        Action cut = isSilent ? relay.Silence : relay.Refuse;
        cut();
        Assert.Equal("Healthy", await client.GetStringAsync("/health/live"));
        using var ready = await client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("The ledger cannot be used: the database does not respond.", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        relay.Heal();
        await client.WaitUntilReadyAsync();
    }
}
