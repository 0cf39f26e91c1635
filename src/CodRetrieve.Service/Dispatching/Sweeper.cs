using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Running;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Dispatching;

/// <summary>Enqueues shards as nodes can take them, and gives this node's sign of life, as long as the host runs.</summary>
internal sealed class Sweeper(
    Sweep sweep, ShardQueue queue, LedgerStore ledger, NodeIdentity node, NodeState state, RequestSignal signal, IOptions<ServiceOptions> options, TimeProvider time, ILogger<Sweeper> logger) : BackgroundService
{
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(5);

    // On a link that swallows everything nothing else ends a look.
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(20);

    private long? _seenAt;
    private int _seenWorkers;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        logger.LogNode(node.Id, state.Workers);
        var isQueueLost = options.Value.Database.Provider == DatabaseProvider.Sqlite;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using (var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken))
                {
                    limit.CancelAfter(LookTimeout);
                    if (isQueueLost)
                    {
                        await sweep.TakeBackAsync(limit.Token);
                        isQueueLost = false;
                    }

                    await SignAsync(limit.Token);
                    await sweep.RunAsync(queue.Enqueue, limit.Token);
                }

                Report(null);
                await signal.WaitAsync(options.Value.Node.SweepInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                Report(e);
                await Task.Delay(options.Value.Node.SweepInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            // A node that is known to have stopped takes no further shards into its count.
            await ledger.OnceAsync((context, token) => context.Nodes.Where(row => row.Id == node.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Workers, 0), token), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.LogSweepFailed(null, ledger.Describe(e));
        }
    }

    // What lasts is said once: a log that grows may be on the disk that is full.
    private void Report(Exception? exception)
    {
        var problem = exception is null ? null : ledger.Describe(exception);
        if (problem == state.LedgerProblem)
        {
            return;
        }

        if (problem is null)
        {
            logger.LogLedgerBack();
        }
        else
        {
            logger.LogSweepFailed(ledger.FaultOf(exception!) == LedgerFault.Other ? exception : null, problem);
        }

        state.LedgerProblem = problem;
    }

    private async Task SignAsync(CancellationToken cancellationToken)
    {
        var workers = state.Workers;
        if (_seenAt is { } seen && workers == _seenWorkers && time.GetElapsedTime(seen) < SignOfLife)
        {
            return;
        }

        await ledger.OnceAsync(
            async (context, token) =>
            {
                var known = await context.Nodes.Where(row => row.Id == node.Id).ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.SeenAt, row => LedgerContext.Now()).SetProperty(row => row.Workers, workers), token);
                if (known == 0)
                {
                    var now = await context.ReadClockAsync(token);
                    context.Nodes.Add(new NodeEntity { Id = node.Id, Name = node.Name, ProcessId = Environment.ProcessId, Version = node.Version, Workers = workers, StartedAt = now, SeenAt = now });
                    await context.SaveChangesAsync(token);
                }

                return known;
            },
            cancellationToken);
        (_seenAt, _seenWorkers) = (time.GetTimestamp(), workers);
    }
}
