using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Running;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Ledger;

/// <summary>
/// Removes requests that ended long ago, where the settings say how long they are kept: the ledger of a service that runs for years would grow without end. What was saved stays, as does the audit
/// trail. Every node does so, and of two that remove the same request the second finds nothing.
/// </summary>
internal sealed class Retention(LedgerStore ledger, IOptions<ServiceOptions> options, TimeProvider time, ILogger<Retention> logger) : BackgroundService
{
    private const int BatchSize = 100;
    private const string Actor = "retention";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>Removes what has been kept for long enough.</summary>
    /// <returns>The number of requests that were removed.</returns>
    public async Task<int> ApplyAsync(TimeSpan retention, CancellationToken cancellationToken)
    {
        var kept = (long)retention.TotalMilliseconds;
        var (removed, last) = (0, 0L);
        while (true)
        {
            var ids = await ledger.ReadAsync(
                (context, token) => Ended(context, kept).Where(request => request.Id > last).OrderBy(request => request.Id).Select(request => request.Id).Take(BatchSize).ToListAsync(token), cancellationToken);
            if (ids.Count == 0)
            {
                break;
            }

            foreach (var id in ids)
            {
                removed += await ledger.WriteAsync((context, token) => RemoveAsync(context, id, kept, token), cancellationToken) ? 1 : 0;
            }

            last = ids[^1];
        }

        await ledger.WriteAsync(
            (context, token) => context.Nodes
                .Where(node => node.SeenAt < LedgerContext.Now() - kept && !context.Shards.Any(shard => shard.NodeId == node.Id && shard.State == ShardState.Running)).ExecuteDeleteAsync(token),
            cancellationToken);
        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Limits.Retention is not { } retention)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await ApplyAsync(retention, stoppingToken) is > 0 and var removed)
                {
                    logger.LogRemoved(removed, retention);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogRetentionFailed(ledger.Describe(e));
            }
            catch (OperationCanceledException)
            {
                // The service ends.
            }

            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static IQueryable<RequestEntity> Ended(LedgerContext context, long kept) => context.Requests.Where(request =>
        (request.State == RequestState.Completed || request.State == RequestState.Incomplete || request.State == RequestState.Cancelled) && request.EndedAt < LedgerContext.Now() - kept);

    private static async Task<bool> RemoveAsync(LedgerContext context, long id, long kept, CancellationToken cancellationToken)
    {
        // Somebody may have tried it again since it was found; and a run of a request that was cancelled may be at its end.
        await context.LockRequestAsync(id, cancellationToken);
        if (await Ended(context, kept).AsNoTracking().FirstOrDefaultAsync(request => request.Id == id, cancellationToken) is not { } request
            || await context.Shards.AnyAsync(shard => shard.RequestId == id && shard.State == ShardState.Running, cancellationToken))
        {
            return false;
        }

        await context.Attempts.Where(attempt => attempt.RequestId == id).ExecuteDeleteAsync(cancellationToken);
        await context.Shards.Where(shard => shard.RequestId == id).ExecuteDeleteAsync(cancellationToken);
        await context.Studies.Where(study => study.RequestId == id).ExecuteDeleteAsync(cancellationToken);
        await context.Requests.Where(one => one.Id == id).ExecuteDeleteAsync(cancellationToken);
        await context.AddAuditAsync(request.Tenant, Actor, "remove", id, $"{request.StudyCount} studies, {request.State}", cancellationToken);
        return true;
    }
}
