using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Ledger;

internal sealed class LedgerFactory<TContext>(IDbContextFactory<TContext> factory) : ILedgerFactory
    where TContext : LedgerContext
{
    public LedgerContext Create() => factory.CreateDbContext();
}
