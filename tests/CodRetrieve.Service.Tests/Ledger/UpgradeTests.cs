using System.Net;
using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Dispatching;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace CodRetrieve.Service.Tests.Ledger;

/// <summary>A new version beside the one before, on one ledger in PostgreSQL.</summary>
public sealed class UpgradeTests(PostgresFixture server) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_migration_takes_away_what_the_version_before_needs(bool isPostgres)
    {
        using LedgerContext context = !isPostgres ? new SqliteLedgerContext(new DbContextOptionsBuilder<SqliteLedgerContext>().UseSqlite("Data Source=none").Options) : PostgresContext("Host=none");
        var assembly = context.GetService<IMigrationsAssembly>();
        var migrations = assembly.Migrations.Skip(1).ToList();
        Assert.NotEmpty(migrations);
        var harmful = migrations.SelectMany(migration => assembly.CreateMigration(migration.Value, context.Database.ProviderName!).UpOperations
            .Where(static operation => !IsAddition(operation)).Select(operation => $"{migration.Key}: {operation.GetType().Name}"));
        Assert.Empty(harmful);
    }

    [PostgresFact(Timeout = 120_000)]
    public async Task A_node_works_on_the_schema_of_the_next_version()
    {
        await using var store = await TestStoreServer.StartAsync(5);
        var database = await server.CreateDatabaseAsync();
        await using var service = await TestService.CreateAsync(database, TestStoreServer.Url, settings: [store.Endpoint, "--Service:Limits:StudiesPerShard=2"]);
        await using (var context = service.Ledger.Open())
        {
            await context.Database.ExecuteSqlRawAsync(string.Concat(context.Model.GetEntityTypes()
                .Select(static entity => $"""ALTER TABLE "{entity.GetTableName()}" ADD "Colour" text NOT NULL DEFAULT 'green'; """)));
            await context.Database.ExecuteSqlRawAsync("""INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_Colours', '99.0.0')""");
        }

        await service.StartAsync();
        using var client = service.CreateClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready")).StatusCode);
        var ended = await service.EndOfAsync((await service.RequestAsync([.. store.Uids, "1.2.3.4"])).Id);
        Assert.Equal((RequestState.Incomplete, 5, 1), (ended.State, ended.Studies.Saved, ended.Studies.Failed));
    }

    [PostgresFact(Timeout = 120_000)]
    public async Task A_node_of_a_new_version_waits_for_its_schema_and_works_as_soon_as_that_is_there()
    {
        await using var store = await TestStoreServer.StartAsync(3);
        var database = await server.CreateDatabaseAsync();
        await using (var context = PostgresContext(database))
        {
            await context.GetService<IMigrator>().MigrateAsync("Initial");
        }

        HangfireStorage.Prepare(new ServiceOptions { Database = { Provider = DatabaseProvider.PostgreSql, ConnectionString = database } });
        await using var service = await TestService.BuildAsync(database, TestStoreServer.Url, settings: [store.Endpoint]);
        await service.StartAsync();
        using var client = service.CreateClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/health/ready")).StatusCode);

        // Whether there are keys is not known: nobody is let in without one.
        using var refused = await client.GetAsync("/api/requests");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("run the command migrate", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await service.Get<LedgerMigration>().ApplyAsync(default);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/requests")).StatusCode);
        Assert.Equal(RequestState.Completed, (await service.EndOfAsync((await service.RequestAsync(store.Uids)).Id)).State);
    }

    // Whoever does not know of it can go on writing rows.
    private static bool IsAddition(MigrationOperation operation) => operation switch
    {
        AddColumnOperation column => column.IsNullable || column.DefaultValue is not null || column.DefaultValueSql is not null,
        CreateTableOperation or AddPrimaryKeyOperation => true,
        CreateIndexOperation index => !index.IsUnique,
        _ => false,
    };

    private static PostgresLedgerContext PostgresContext(string connectionString) =>
        new(new DbContextOptionsBuilder<PostgresLedgerContext>().UseNpgsql(connectionString).Options);
}
