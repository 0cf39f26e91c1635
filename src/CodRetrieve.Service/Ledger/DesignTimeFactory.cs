using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace CodRetrieve.Service.Ledger;

/// <summary>Makes the contexts for <c>dotnet ef migrations add</c>, which connects to no database.</summary>
internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<SqliteLedgerContext>, IDesignTimeDbContextFactory<PostgresLedgerContext>
{
    SqliteLedgerContext IDesignTimeDbContextFactory<SqliteLedgerContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteLedgerContext>().UseSqlite("Data Source=ledger.db").Options);

    PostgresLedgerContext IDesignTimeDbContextFactory<PostgresLedgerContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresLedgerContext>().UseNpgsql("Host=localhost").Options);
}
