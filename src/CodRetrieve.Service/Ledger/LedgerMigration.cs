using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Dispatching;
using CodRetrieve.Service.Running;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Ledger;

/// <summary>Brings the schema up to date: by itself for a ledger in SQLite, and by the command <c>migrate</c> for one in PostgreSQL.</summary>
internal sealed class LedgerMigration(ILedgerFactory factory, IOptions<ServiceOptions> options, ILogger<LedgerMigration> logger)
{
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await using var context = factory.Create();
        await context.Database.MigrateAsync(cancellationToken);
        if (options.Value.Database.Provider == DatabaseProvider.PostgreSql)
        {
            HangfireStorage.Prepare(options.Value);
        }

        logger.LogMigrated();
    }
}
