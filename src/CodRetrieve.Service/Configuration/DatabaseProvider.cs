namespace CodRetrieve.Service.Configuration;

internal enum DatabaseProvider
{
    /// <summary>A file in the data directory, for one process. Hangfire keeps its queue in memory.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database for the ledger and for Hangfire, for any number of nodes.</summary>
    PostgreSql,
}
