using System.Runtime.CompilerServices;
using CodRetrieve.Service.Ledger;
using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Requests;

/// <content>What changes requests, and what is known of nodes and of the past.</content>
internal sealed partial class RequestService
{
    /// <summary>Cancels a request: shards that wait do not begin, those that run stop within seconds. What is saved stays. Done again, it changes nothing.</summary>
    /// <exception cref="RequestRefusedException">There is no such request, or it has ended.</exception>
    public Task<RequestDetails> CancelAsync(long id, Caller caller, CancellationToken cancellationToken) => ChangeAsync(
        id, caller, "cancel", RequestState.Cancelled, [RequestState.Waiting, RequestState.Running, RequestState.Paused],
        async (context, token) =>
        {
            await context.Requests.Where(request => request.Id == id).ExecuteUpdateAsync(set => set
                .SetProperty(request => request.State, RequestState.Cancelled)
                .SetProperty(request => request.EndedAt, request => LedgerContext.Now()), token);
            await context.Shards.Where(shard => shard.RequestId == id && (shard.State == ShardState.Waiting || shard.State == ShardState.Queued))
                .ExecuteUpdateAsync(set => set.SetProperty(shard => shard.State, ShardState.Cancelled).SetProperty(shard => shard.EndedAt, shard => LedgerContext.Now()), token);
        },
        cancellationToken);

    /// <summary>Lets no further shard of a request begin; those that run stop within seconds and continue after <see cref="ResumeAsync"/>. Done again, it changes nothing.</summary>
    /// <exception cref="RequestRefusedException">There is no such request, or it has ended.</exception>
    public Task<RequestDetails> PauseAsync(long id, Caller caller, CancellationToken cancellationToken) => ChangeAsync(
        id, caller, "pause", RequestState.Paused, [RequestState.Waiting, RequestState.Running],
        async (context, token) =>
        {
            await context.Requests.Where(request => request.Id == id).ExecuteUpdateAsync(set => set.SetProperty(request => request.State, RequestState.Paused), token);
            await context.Shards.Where(shard => shard.RequestId == id && shard.State == ShardState.Queued)
                .ExecuteUpdateAsync(set => set.SetProperty(shard => shard.State, ShardState.Waiting), token);
        },
        cancellationToken);

    /// <summary>Lets a request that is paused go on. Done again, it changes nothing.</summary>
    /// <exception cref="RequestRefusedException">There is no such request, or it is not paused.</exception>
    public Task<RequestDetails> ResumeAsync(long id, Caller caller, CancellationToken cancellationToken) => ChangeAsync(
        id, caller, "resume", RequestState.Waiting, [RequestState.Paused],
        (context, token) => context.Requests.Where(request => request.Id == id).ExecuteUpdateAsync(
            set => set.SetProperty(request => request.State, request => request.StartedAt == null ? RequestState.Waiting : RequestState.Running), token),
        cancellationToken,
        RequestState.Running);

    /// <summary>Tries the studies of a request that failed again.</summary>
    /// <exception cref="RequestRefusedException">There is no such request, it is cancelled, or none of its studies has failed.</exception>
    public Task<RequestDetails> RetryAsync(long id, Caller caller, CancellationToken cancellationToken) => ChangeAsync(
        id, caller, "retry", null, [RequestState.Waiting, RequestState.Running, RequestState.Paused, RequestState.Incomplete],
        async (context, token) =>
        {
            // The request first: a shard that ends at the same time waits for it.
            var failed = await context.Requests.Where(request => request.Id == id && request.StudiesFailed > 0).ExecuteUpdateAsync(set => set
                .SetProperty(request => request.State, request => request.State == RequestState.Incomplete ? RequestState.Running : request.State)
                .SetProperty(request => request.EndedAt, (long?)null)
                .SetProperty(request => request.StudiesFailed, 0), token);
            if (failed == 0)
            {
                throw new RequestRefusedException(RefusalKind.Conflict, $"No study of request {id} has failed: there is nothing to try again.");
            }

            // Also those of shards that run: the run under way does not take them up, and the shard is not done before they are decided.
            await context.Shards.Where(shard => shard.RequestId == id && shard.StudiesFailed > 0).ExecuteUpdateAsync(set => set
                .SetProperty(shard => shard.State, shard => shard.State == ShardState.Done ? ShardState.Waiting : shard.State)
                .SetProperty(shard => shard.NotBefore, 0)
                .SetProperty(shard => shard.FailedRuns, 0)
                .SetProperty(shard => shard.LastError, (string?)null)
                .SetProperty(shard => shard.StudiesFailed, 0)
                .SetProperty(shard => shard.EndedAt, (long?)null), token);
            await context.Studies.Where(study => study.RequestId == id && study.State == StudyState.Failed).ExecuteUpdateAsync(set => set
                .SetProperty(study => study.State, StudyState.Waiting)
                .SetProperty(study => study.Reason, FailureReason.None)
                .SetProperty(study => study.Message, (string?)null)
                .SetProperty(study => study.EndedAt, (long?)null), token);
        },
        cancellationToken);

    /// <summary>Returns the nodes that were seen within a day, with the shards that are theirs.</summary>
    public Task<IReadOnlyList<NodeRecord>> NodesAsync(Caller caller, CancellationToken cancellationToken) => ledger.ReadAsync(
        async (context, token) =>
        {
            var now = await context.ReadClockAsync(token);
            var since = now - (long)TimeSpan.FromDays(1).TotalMilliseconds;
            var nodes = await context.Nodes.AsNoTracking().Where(node => node.SeenAt >= since).OrderBy(node => node.Name).ThenByDescending(node => node.SeenAt).ToListAsync(token);
            var shards = await context.Shards.AsNoTracking().Where(shard => shard.State == ShardState.Running).OrderBy(shard => shard.Id).ToListAsync(token);
            var running = shards.Select(shard => shard.RequestId).Distinct().ToList();
            var seen = caller.SeesAllTenants ? null : await Visible(context, caller).Where(request => running.Contains(request.Id)).Select(request => request.Id).ToListAsync(token);
            var leases = shards.ToLookup(shard => shard.NodeId ?? "", shard => new LeaseRecord(
                shard.Id, seen is null || seen.Contains(shard.RequestId) ? shard.RequestId : null, shard.Epoch, DateTimeOffset.FromUnixTimeMilliseconds(shard.LeaseUntil), shard.RunBytesPerSecond), StringComparer.Ordinal);
            return (IReadOnlyList<NodeRecord>)[.. nodes.Select(node => new NodeRecord(
                node.Id, node.Name, node.ProcessId, node.Version, node.Workers, DateTimeOffset.FromUnixTimeMilliseconds(node.StartedAt),
                DateTimeOffset.FromUnixTimeMilliseconds(node.SeenAt), node.SeenAt > now - NodeEntity.MaxSilence, [.. leases[node.Id]]))];
        },
        cancellationToken);

    /// <summary>Returns what there is to do.</summary>
    public Task<Overview> OverviewAsync(Caller caller, CancellationToken cancellationToken) => ledger.ReadAsync(
        async (context, token) =>
        {
            var requests = Visible(context, caller);
            var states = await requests.GroupBy(request => request.State).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, token);
            var active = requests.Where(request => request.State == RequestState.Waiting || request.State == RequestState.Running);
            var shards = await context.Shards.Where(shard => active.Any(request => request.Id == shard.RequestId) && shard.State != ShardState.Done && shard.State != ShardState.Cancelled)
                .GroupBy(shard => shard.State).Select(group => new { group.Key, Count = group.Count(), Rate = group.Sum(shard => shard.RunBytesPerSecond) }).ToListAsync(token);
            var oldest = await active.Where(request => context.Shards.Any(shard => shard.RequestId == request.Id && shard.State == ShardState.Waiting)).MinAsync(request => (long?)request.CreatedAt, token);
            int CountOf(ShardState state) => shards.Where(shard => shard.Key == state).Sum(shard => shard.Count);
            return new Overview(
                states, CountOf(ShardState.Waiting), CountOf(ShardState.Queued), CountOf(ShardState.Running),
                shards.Where(shard => shard.Key == ShardState.Running).Sum(shard => shard.Rate), RequestMapping.Time(oldest));
        },
        cancellationToken);

    /// <summary>Adds an entry to the audit trail, for what happens outside of requests.</summary>
    public Task AuditAsync(Caller caller, string action, string? detail, CancellationToken cancellationToken) => ledger.WriteAsync(
        async (context, token) =>
        {
            await context.AddAuditAsync(caller.Tenant, caller.Name, action, null, detail, token);
            return true;
        },
        cancellationToken);

    /// <summary>Returns the audit trail from the beginning, while it is read.</summary>
    public async IAsyncEnumerable<AuditRecord> AuditTrailAsync(long after, Caller caller, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var context = ledger.Open();
        var rows = context.Audit.AsNoTracking().Where(entry => entry.Id > after && (caller.SeesAllTenants || entry.Tenant == caller.Tenant)).OrderBy(entry => entry.Id);
        await foreach (var entry in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            yield return RequestMapping.Of(entry);
        }
    }

    private async Task<RequestDetails> ChangeAsync(
        long id, Caller caller, string action, RequestState? already, RequestState[] allowed, Func<LedgerContext, CancellationToken, Task> change, CancellationToken cancellationToken,
        RequestState? alsoAlready = null)
    {
        await ledger.WriteAsync(
            async (context, token) =>
            {
                var request = await FindAsync(context, id, caller, token);

                await context.LockRequestAsync(id, token);
                var state = await context.Requests.Where(row => row.Id == id).Select(row => row.State).SingleAsync(token);
                if (state == already || state == alsoAlready)
                {
                    return false;
                }

                if (!allowed.Contains(state))
                {
                    throw new RequestRefusedException(RefusalKind.Conflict, $"Request {id} is {Text(state)}: it cannot {action}. Make a new request for what is still wanted; what is saved is not fetched again.");
                }

                await change(context, token);
                await context.AddAuditAsync(request.Tenant, caller.Name, action, id, null, token);
                return true;
            },
            cancellationToken);
        signal.Set();
        return await GetAsync(id, caller, cancellationToken);
    }

    private static string Text(RequestState state) => state switch
    {
        RequestState.Waiting => "waiting",
        RequestState.Running => "running",
        RequestState.Paused => "paused",
        RequestState.Cancelled => "cancelled",
        RequestState.Completed => "complete",
        _ => "incomplete",
    };
}
