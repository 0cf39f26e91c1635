using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Observability;
using CodRetrieve.Service.Running;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Dispatching;

/// <summary>
/// One look at the ledger: takes back shards whose lease has ended or that Hangfire has not run, and says which shards to enqueue. Every node does so, one after the
/// other: what one has taken, the next one counts.
/// </summary>
internal sealed class Sweep(LedgerStore ledger, IOptions<ServiceOptions> options, ServiceMeter meter, TimeProvider time)
{
    // Should its job be lost, a shard is enqueued again after this. Its worker may just be busy: then it has two jobs, and the second finds it claimed.
    private static readonly TimeSpan QueuedFor = TimeSpan.FromMinutes(2);
    private const int MaxCandidates = 200;

    private readonly ServiceOptions _options = options.Value;

    /// <summary>Looks once.</summary>
    /// <param name="enqueue">Called for each shard that is to be enqueued, when the ledger says so durably. Where it fails, those that are left are taken back after a while.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>The number of shards that were enqueued.</returns>
    public async Task<int> RunAsync(Action<long> enqueue, CancellationToken cancellationToken)
    {
        await ledger.OnceAsync(TakeBackLostAsync, cancellationToken);
        var taken = await ledger.WriteOnceAsync(async (context, token) => await context.TryLockQueueAsync(token) ? await TakeAsync(context, token) : [], cancellationToken);
        foreach (var id in taken)
        {
            enqueue(id);
        }

        return taken.Count;
    }

    /// <summary>Takes back every shard that is enqueued, after a queue in memory was lost.</summary>
    public Task<int> TakeBackAsync(CancellationToken cancellationToken) => ledger.WriteAsync(
        (context, token) => context.Shards.Where(shard => shard.State == ShardState.Queued).ExecuteUpdateAsync(set => set.SetProperty(shard => shard.State, ShardState.Waiting), token),
        cancellationToken);

    private async Task<int> TakeBackLostAsync(LedgerContext context, CancellationToken cancellationToken)
    {
        var lost = await context.Shards
            .Where(shard => (shard.State == ShardState.Running && shard.LeaseUntil < LedgerContext.Now()) || (shard.State == ShardState.Queued && shard.QueuedUntil < LedgerContext.Now()))
            .ExecuteUpdateAsync(set => set
                .SetProperty(shard => shard.State, shard => context.Requests.Any(request => request.Id == shard.RequestId && request.State == RequestState.Cancelled) ? ShardState.Cancelled : ShardState.Waiting)
                .SetProperty(shard => shard.RunBytesPerSecond, 0), cancellationToken);
        await CompleteAsync(context, cancellationToken);
        return lost;
    }

    private async Task<IReadOnlyList<long>> TakeAsync(LedgerContext context, CancellationToken cancellationToken)
    {
        var capacity = await context.LiveNodes.SumAsync(node => node.Workers, cancellationToken);
        var inHand = await (
            from shard in context.Shards
            where shard.State == ShardState.Queued || shard.State == ShardState.Running
            join request in context.Requests on shard.RequestId equals request.Id
            group shard by new { request.Id, request.Store, request.Destination } into shards
            select new ShardsInHand(shards.Key.Id, shards.Key.Store, shards.Key.Destination, shards.Count())).ToListAsync(cancellationToken);
        var candidates = await CandidatesAsync(context, cancellationToken);
        await ObserveAsync(context, inHand, cancellationToken);

        // As many ahead as can begin when the ones that run have ended, and no more: what is enqueued has its place, whatever comes later with a higher priority.
        var count = (2 * capacity) - inHand.Sum(static shards => shards.Count);
        if (count <= 0 || candidates.Count == 0)
        {
            return [];
        }

        var shares = new FairShare(_options, inHand, TimeOnly.FromDateTime(time.GetLocalNow().DateTime)).Divide(candidates, count);
        var taken = new List<long>();
        foreach (var candidate in candidates.Where(candidate => shares.ContainsKey(candidate.Id)).OrderByDescending(static candidate => candidate.Priority))
        {
            taken.AddRange(await context.TakeShardsAsync(candidate.Id, shares[candidate.Id], QueuedFor, cancellationToken));
        }

        return taken;
    }

    // Should the end of the last shard not have ended the request: a retry may have come in between.
    private async Task CompleteAsync(LedgerContext context, CancellationToken cancellationToken)
    {
        var ended = await context.Requests
            .Where(request => request.State == RequestState.Running && !context.Shards.Any(shard => shard.RequestId == request.Id && shard.State != ShardState.Done))
            .OrderBy(request => request.Id).Select(request => request.Id).Take(MaxCandidates).ToListAsync(cancellationToken);
        foreach (var id in ended)
        {
            await ledger.WriteAsync(
                async (one, token) =>
                {
                    await one.LockRequestAsync(id, token);
                    await ShardLedger.CompleteRequestAsync(one, id, token);
                    return true;
                },
                cancellationToken);
        }
    }

    private static async Task<IReadOnlyList<Candidate>> CandidatesAsync(LedgerContext context, CancellationToken cancellationToken) => await context.Requests
        .Where(request => (request.State == RequestState.Waiting || request.State == RequestState.Running)
            && context.Shards.Any(shard => shard.RequestId == request.Id && shard.State == ShardState.Waiting && shard.NotBefore <= LedgerContext.Now()))
        .OrderByDescending(request => request.Priority).ThenBy(request => request.Id).Take(MaxCandidates)
        .Select(request => new Candidate(
            request.Id, request.Priority, request.Store, request.Destination, request.MaxShards,
            context.Shards.Where(shard => shard.RequestId == request.Id && shard.State == ShardState.Waiting && shard.NotBefore <= LedgerContext.Now()).OrderBy(shard => shard.FirstNumber).Take(MaxCandidates).Count()))
        .ToListAsync(cancellationToken);

    private async Task ObserveAsync(LedgerContext context, List<ShardsInHand> inHand, CancellationToken cancellationToken)
    {
        var running = await context.Shards.CountAsync(shard => shard.State == ShardState.Running, cancellationToken);
        var active = context.Requests.Where(request => request.State == RequestState.Waiting || request.State == RequestState.Running);
        var waiting = await context.Shards.CountAsync(shard => shard.State == ShardState.Waiting && active.Any(request => request.Id == shard.RequestId), cancellationToken);
        var oldest = waiting == 0 ? null : await active.MinAsync(request => (long?)request.CreatedAt, cancellationToken);
        var age = oldest is { } created ? (await context.ReadClockAsync(cancellationToken) - created) / 1000.0 : 0;
        meter.Observe(new LedgerGauges(waiting, inHand.Sum(static shards => shards.Count) - running, running, age));
    }
}
