using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Running;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CodRetrieve.Service.Observability;

/// <summary>Whether the ledger can be used: it responds, can be written, and has the schema of this version.</summary>
internal sealed class LedgerHealth(LedgerStore ledger, NodeState node) : IHealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Writes the status, and why it is not <c>Healthy</c>: the descriptions are words of our own, which anybody may read.</summary>
    public static Task WriteAsync(HttpContext http, HealthReport report)
    {
        http.Response.ContentType = "text/plain";
        var problems = report.Entries.Values.Where(static entry => entry.Status != HealthStatus.Healthy).Select(static entry => entry.Description);
        return http.Response.WriteAsync(string.Join('\n', [report.Status.ToString(), .. problems]), http.RequestAborted);
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // On a link that swallows everything, a probe would give up first and learn nothing.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            return await ledger.OnceAsync(
                async (database, token) =>
                {
                    var pending = (await database.Database.GetPendingMigrationsAsync(token)).Count();

                    // Whether it can be written shows in the node's sign of life: a check that writes would let anybody write.
                    return pending > 0 ? HealthCheckResult.Unhealthy($"The ledger lacks {pending} migrations of this version. Run the command migrate.")
                        : node.LedgerProblem is { } problem ? HealthCheckResult.Unhealthy($"The ledger cannot be used: {problem}.")
                        : HealthCheckResult.Healthy("The ledger responds.");
                },
                limit.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"The ledger cannot be used: {ledger.Describe(e)}.");
        }
    }
}
