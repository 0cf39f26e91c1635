using CodRetrieve.Service.Ledger;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CodRetrieve.Service.Observability;

/// <summary>Whether the ledger can be used: it responds, and has the schema of this version.</summary>
internal sealed class LedgerHealth(LedgerStore ledger) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return await ledger.OnceAsync(
                async (database, token) =>
                {
                    var pending = (await database.Database.GetPendingMigrationsAsync(token)).Count();
                    return pending == 0
                        ? HealthCheckResult.Healthy("The ledger responds.")
                        : HealthCheckResult.Unhealthy($"The ledger lacks {pending} migrations of this version. Run the command migrate.");
                },
                cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The name only: the message of a driver may hold the address of the database.
            return HealthCheckResult.Unhealthy($"The ledger does not respond ({e.GetType().Name}).");
        }
    }
}
