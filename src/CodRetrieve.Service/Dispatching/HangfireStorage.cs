using CodRetrieve.Service.Configuration;
using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Npgsql;

namespace CodRetrieve.Service.Dispatching;

/// <summary>Hangfire's storage. Nothing that must be right depends on these settings: they keep it quick, and its second runs few.</summary>
internal static class HangfireStorage
{
    public const string Schema = "hangfire";

    // Workers, and what else of Hangfire asks the database: heartbeat, schedulers, expiration, dashboard.
    private const int OtherConnections = 10;

    // What Hangfire asks takes milliseconds. On a link that swallowed a response, a worker is idle until this has passed, also when the link is back.
    private const int CommandTimeoutSeconds = 10;

    public static JobStorage Create(ServiceOptions options)
    {
        if (options.Database.Provider == DatabaseProvider.Sqlite)
        {
            return new InMemoryStorage();
        }

        var settings = Settings(prepareSchema: false);
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(ConnectionString(options), settings), settings);
    }

    /// <summary>Makes the tables of Hangfire, or brings them up to date.</summary>
    public static void Prepare(ServiceOptions options)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString(options)) { CommandTimeout = 0 }.ConnectionString);
        connection.Open();
        PostgreSqlObjectsInstaller.Install(connection, Schema);
    }

    private static PostgreSqlStorageOptions Settings(bool prepareSchema) => new()
    {
        SchemaName = Schema,
        PrepareSchemaIfNecessary = prepareSchema,
        UseSlidingInvisibilityTimeout = true,
        InvisibilityTimeout = TimeSpan.FromMinutes(5),
        QueuePollInterval = TimeSpan.FromSeconds(1),
        DistributedLockTimeout = TimeSpan.FromMinutes(1),
        AllowDegradedModeWithoutStorage = false,
        EnableTransactionScopeEnlistment = false,
    };

    private static string ConnectionString(ServiceOptions options) => new NpgsqlConnectionStringBuilder(options.Database.ConnectionString)
    {
        MaxPoolSize = options.Node.Workers + OtherConnections,
        ApplicationName = "codretrieve-hangfire",
        Enlist = false,
        KeepAlive = CommandTimeoutSeconds,
        CommandTimeout = CommandTimeoutSeconds,
    }.ConnectionString;
}
