using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Running;

/// <summary>
/// What runs of shards read and change in the ledger. Every change checks the epoch in the statement, or the transaction, that makes it: a run that is not the
/// shard's any more changes nothing. Safe for use by several threads.
/// </summary>
internal sealed class ShardLedger(LedgerStore ledger, NodeIdentity node, IOptions<ServiceOptions> options)
{
    private readonly LimitOptions _limits = options.Value.Limits;
    private readonly long _lease = (long)options.Value.Node.Lease.TotalMilliseconds;

    /// <summary>Claims a shard, by one conditional update, if it is nobody's.</summary>
    /// <returns>The shard; <see langword="null"/> where it is not to be run now.</returns>
    public async Task<ClaimedShard?> ClaimAsync(long shardId, CancellationToken cancellationToken)
    {
        var runId = Guid.NewGuid().ToString("N");
        return await ledger.WriteAsync((context, token) => ClaimAsync(context, shardId, runId, token), cancellationToken);
    }

    /// <summary>Why the ledger could not be used.</summary>
    public LedgerFault FaultOf(Exception exception) => ledger.FaultOf(exception);

    /// <summary>Says in words why the ledger could not be used.</summary>
    public string Describe(Exception exception) => ledger.Describe(exception);

    /// <summary>Renews the lease of a shard, and says what has become of its request.</summary>
    public async Task<LeaseState> RenewAsync(ClaimedShard shard, long bytesReceived, long bytesPerSecond, CancellationToken cancellationToken) => await ledger.OnceAsync(
        async (context, token) =>
        {
            var renewed = await Own(context, shard).ExecuteUpdateAsync(set => set
                .SetProperty(row => row.LeaseUntil, row => LedgerContext.Now() + _lease)
                .SetProperty(row => row.RunBytesReceived, bytesReceived)
                .SetProperty(row => row.RunBytesPerSecond, bytesPerSecond), token);
            if (renewed == 0)
            {
                return LeaseState.Lost;
            }

            return await context.Requests.Where(request => request.Id == shard.RequestId).Select(request => request.State).SingleAsync(token) switch
            {
                RequestState.Paused => LeaseState.Paused,
                RequestState.Cancelled => LeaseState.Cancelled,
                _ => LeaseState.Held,
            };
        },
        cancellationToken);

    /// <summary>Whether the shard is still the run's.</summary>
    public Task<bool> IsHeldAsync(ClaimedShard shard, CancellationToken cancellationToken) =>
        ledger.ReadAsync((context, token) => Own(context, shard).AnyAsync(row => row.LeaseUntil > LedgerContext.Now(), token), cancellationToken);

    /// <summary>Records what became of studies.</summary>
    /// <returns>Whether the shard is still the run's; if not, nothing was recorded.</returns>
    public async Task<bool> RecordAsync(ClaimedShard shard, IReadOnlyList<StudyOutcome> outcomes, CancellationToken cancellationToken) =>
        await ledger.WriteAsync((context, token) => RecordAsync(context, shard, outcomes, token), cancellationToken);

    /// <summary>Makes the studies of a shard from a number on a shard of their own, which any node may run.</summary>
    /// <returns>Whether the shard is still the run's; if not, nothing was changed.</returns>
    public async Task<bool> SplitAsync(ClaimedShard shard, int firstNumber, CancellationToken cancellationToken) => await ledger.WriteAsync(
        async (context, token) =>
        {
            await context.LockRequestAsync(shard.RequestId, token);
            var row = await Own(context, shard).AsNoTracking().FirstOrDefaultAsync(token);
            if (row is null)
            {
                return false;
            }

            var (kept, rest) = (firstNumber - row.FirstNumber, row.FirstNumber + row.StudyCount - firstNumber);
            if (kept <= 0 || rest <= 0)
            {
                return true;
            }

            await Own(context, shard).ExecuteUpdateAsync(set => set.SetProperty(one => one.StudyCount, kept), token);
            var added = new ShardEntity { RequestId = shard.RequestId, FirstNumber = firstNumber, StudyCount = rest };
            context.Shards.Add(added);
            await context.SaveChangesAsync(token);
            await context.Requests.Where(request => request.Id == shard.RequestId).ExecuteUpdateAsync(set => set.SetProperty(request => request.ShardCount, request => request.ShardCount + 1), token);
            await CountAgainAsync(context, shard.Id, token);
            await CountAgainAsync(context, added.Id, token);
            return true;
        },
        cancellationToken);

    /// <summary>Gives a shard back: done where each of its studies is decided, and to be continued where not.</summary>
    /// <returns>Whether the shard was still the run's; if not, nothing was changed.</returns>
    public async Task<bool> EndAsync(ClaimedShard shard, IReadOnlyList<StudyOutcome> outcomes, RunEnd end, CancellationToken cancellationToken) => await ledger.WriteAsync(
        async (context, token) =>
        {
            if (!await RecordAsync(context, shard, outcomes, token))
            {
                return false;
            }

            var row = await Own(context, shard).AsNoTracking().SingleAsync(token);
            var (first, last) = (row.FirstNumber, row.FirstNumber + row.StudyCount);
            var isOpen = await context.Studies.AnyAsync(study => study.RequestId == shard.RequestId && study.Number >= first && study.Number < last && study.State == StudyState.Waiting, token);
            var state = !isOpen ? ShardState.Done : end.Outcome == AttemptOutcome.Cancelled ? ShardState.Cancelled : ShardState.Waiting;
            var failedRuns = end.HasFailed ? row.FailedRuns + 1 : end.Outcome == AttemptOutcome.Released ? row.FailedRuns : 0;
            var wait = state == ShardState.Waiting && end.HasFailed ? (long)DelayAfter(failedRuns).TotalMilliseconds : 0;
            await Own(context, shard).ExecuteUpdateAsync(set => set
                .SetProperty(one => one.State, state)
                .SetProperty(one => one.NotBefore, one => wait == 0 ? 0 : LedgerContext.Now() + wait)
                .SetProperty(one => one.FailedRuns, failedRuns)
                .SetProperty(one => one.LastError, end.Message)
                .SetProperty(one => one.LeaseUntil, 0)
                .SetProperty(one => one.RunBytesPerSecond, 0)
                .SetProperty(one => one.EndedAt, one => state == ShardState.Waiting ? null : LedgerContext.Now()), token);
            await context.Attempts.Where(attempt => attempt.ShardId == shard.Id && attempt.Epoch == shard.Epoch).ExecuteUpdateAsync(set => set
                .SetProperty(attempt => attempt.EndedAt, attempt => LedgerContext.Now())
                .SetProperty(attempt => attempt.Outcome, isOpen && end.Outcome == AttemptOutcome.Completed ? AttemptOutcome.Deferred : end.Outcome)
                .SetProperty(attempt => attempt.BytesReceived, end.BytesReceived)
                .SetProperty(attempt => attempt.BytesSaved, end.BytesSaved)
                .SetProperty(attempt => attempt.Message, end.Message), token);
            await context.Requests.Where(request => request.Id == shard.RequestId)
                .ExecuteUpdateAsync(set => set.SetProperty(request => request.BytesReceived, request => request.BytesReceived + end.BytesReceived), token);
            await CompleteRequestAsync(context, shard.RequestId, token);
            return true;
        },
        cancellationToken);

    /// <summary>How long a shard waits after a number of failed runs in a row.</summary>
    public TimeSpan DelayAfter(int failedRuns)
    {
        var delay = _limits.RetryDelay * Math.Pow(2, Math.Clamp(failedRuns - 1, 0, 20));
        return delay < _limits.MaxRetryDelay ? delay : _limits.MaxRetryDelay;
    }

    /// <summary>Ends a request of which no shard is left, and says in the audit trail what became of it. In a transaction in which the request is locked.</summary>
    public static async Task CompleteRequestAsync(LedgerContext context, long requestId, CancellationToken cancellationToken)
    {
        var ended = await context.Requests
            .Where(request => request.Id == requestId && (request.State == RequestState.Waiting || request.State == RequestState.Running || request.State == RequestState.Paused)
                && !context.Shards.Any(shard => shard.RequestId == requestId && shard.State != ShardState.Done))
            .ExecuteUpdateAsync(set => set
                .SetProperty(request => request.State, request => request.StudiesFailed > 0 ? RequestState.Incomplete : RequestState.Completed)
                .SetProperty(request => request.EndedAt, request => LedgerContext.Now()), cancellationToken);
        if (ended == 0)
        {
            return;
        }

        var request = await context.Requests.AsNoTracking().SingleAsync(one => one.Id == requestId, cancellationToken);
        await context.AddAuditAsync(request.Tenant, "service", "end", requestId, $"{request.State}: {request.StudiesSaved} studies saved, {request.StudiesFailed} failed", cancellationToken);
    }

    private static IQueryable<ShardEntity> Own(LedgerContext context, ClaimedShard shard) =>
        context.Shards.Where(row => row.Id == shard.Id && row.Epoch == shard.Epoch && row.RunId == shard.RunId && row.State == ShardState.Running);

    private async Task<ClaimedShard?> ClaimAsync(LedgerContext context, long shardId, string runId, CancellationToken cancellationToken)
    {
        var requestId = await context.Shards.Where(shard => shard.Id == shardId).Select(shard => (long?)shard.RequestId).FirstOrDefaultAsync(cancellationToken);
        if (requestId is not { } id)
        {
            return null;
        }

        await context.LockRequestAsync(id, cancellationToken);
        var claimed = await context.Shards
            .Where(shard => shard.Id == shardId
                && (((shard.State == ShardState.Waiting || shard.State == ShardState.Queued) && shard.NotBefore <= LedgerContext.Now())
                    || (shard.State == ShardState.Running && shard.LeaseUntil < LedgerContext.Now()))
                && context.Requests.Any(request => request.Id == shard.RequestId && (request.State == RequestState.Waiting || request.State == RequestState.Running)))
            .ExecuteUpdateAsync(set => set
                .SetProperty(shard => shard.State, ShardState.Running)
                .SetProperty(shard => shard.Epoch, shard => shard.Epoch + 1)
                .SetProperty(shard => shard.RunId, runId)
                .SetProperty(shard => shard.NodeId, node.Id)
                .SetProperty(shard => shard.LeaseUntil, shard => LedgerContext.Now() + _lease)
                .SetProperty(shard => shard.RunBytesReceived, 0)
                .SetProperty(shard => shard.RunBytesPerSecond, 0)
                .SetProperty(shard => shard.StartedAt, shard => shard.StartedAt ?? LedgerContext.Now()), cancellationToken);

        // Where nothing was claimed, an earlier try of this same claim may have been committed without its confirmation.
        var row = await context.Shards.AsNoTracking().FirstOrDefaultAsync(shard => shard.Id == shardId && shard.RunId == runId && shard.State == ShardState.Running, cancellationToken);
        if (row is null)
        {
            return null;
        }

        var request = await context.Requests.AsNoTracking().SingleAsync(one => one.Id == id, cancellationToken);
        if (claimed > 0)
        {
            await context.Attempts.Where(attempt => attempt.ShardId == shardId && attempt.Epoch < row.Epoch && attempt.Outcome == AttemptOutcome.Open)
                .ExecuteUpdateAsync(set => set.SetProperty(attempt => attempt.Outcome, AttemptOutcome.LeaseLost).SetProperty(attempt => attempt.EndedAt, attempt => LedgerContext.Now()), cancellationToken);
            context.Attempts.Add(new AttemptEntity { ShardId = shardId, Epoch = row.Epoch, RequestId = id, NodeId = node.Id, StartedAt = await context.ReadClockAsync(cancellationToken) });
            await context.SaveChangesAsync(cancellationToken);
            await context.Requests.Where(one => one.Id == id && (one.State == RequestState.Waiting || one.StartedAt == null)).ExecuteUpdateAsync(set => set
                .SetProperty(one => one.State, RequestState.Running)
                .SetProperty(one => one.StartedAt, one => one.StartedAt ?? LedgerContext.Now()), cancellationToken);
        }

        var (first, last) = (row.FirstNumber, row.FirstNumber + row.StudyCount);
        var studies = await context.Studies.AsNoTracking()
            .Where(study => study.RequestId == id && study.Number >= first && study.Number < last && study.State == StudyState.Waiting)
            .OrderBy(study => study.Number).Select(study => new ShardStudy(study.Number, study.StudyInstanceUid)).ToListAsync(cancellationToken);
        return new ClaimedShard(shardId, id, row.Epoch, runId, request.Store, request.Destination, RequestMapping.Selection(request.Selection), row.FailedRuns, studies);
    }

    private static async Task<bool> RecordAsync(LedgerContext context, ClaimedShard shard, IReadOnlyList<StudyOutcome> outcomes, CancellationToken cancellationToken)
    {
        await context.LockRequestAsync(shard.RequestId, cancellationToken);

        // Takes the row of the shard, so that nobody claims it until this is committed.
        if (await Own(context, shard).ExecuteUpdateAsync(set => set.SetProperty(row => row.Epoch, row => row.Epoch), cancellationToken) == 0)
        {
            return false;
        }

        // Only what is not decided: this may be a repetition of a transaction whose confirmation was lost. Read and written as a whole, each in one round trip.
        var byNumber = outcomes.GroupBy(static outcome => outcome.Number).ToDictionary(static group => group.Key, static group => group.First());
        int[] numbers = [.. byNumber.Keys];
        var studies = await context.Studies
            .Where(study => study.RequestId == shard.RequestId && numbers.Contains(study.Number) && study.State == StudyState.Waiting).ToListAsync(cancellationToken);
        var (saved, failed, instances, bytes) = (0, 0, 0L, 0L);
        var now = studies.Count > 0 ? await context.ReadClockAsync(cancellationToken) : 0;
        foreach (var study in studies)
        {
            var outcome = byNumber[study.Number];
            (study.State, study.Reason, study.Message, study.EndedAt) = (outcome.State, outcome.Reason, outcome.Message, now);
            (study.InstancesSaved, study.InstancesSkipped, study.BytesSaved) = (outcome.InstancesSaved, outcome.InstancesSkipped, outcome.BytesSaved);
            saved += outcome.State == StudyState.Saved ? 1 : 0;
            failed += outcome.State == StudyState.Failed ? 1 : 0;
            instances += outcome.InstancesSaved;
            bytes += outcome.BytesSaved;
        }

        await context.SaveChangesAsync(cancellationToken);
        if (saved + failed > 0)
        {
            await Own(context, shard).ExecuteUpdateAsync(set => set
                .SetProperty(row => row.StudiesSaved, row => row.StudiesSaved + saved)
                .SetProperty(row => row.StudiesFailed, row => row.StudiesFailed + failed), cancellationToken);
            await context.Requests.Where(request => request.Id == shard.RequestId).ExecuteUpdateAsync(set => set
                .SetProperty(request => request.StudiesSaved, request => request.StudiesSaved + saved)
                .SetProperty(request => request.StudiesFailed, request => request.StudiesFailed + failed)
                .SetProperty(request => request.InstancesSaved, request => request.InstancesSaved + instances)
                .SetProperty(request => request.BytesSaved, request => request.BytesSaved + bytes), cancellationToken);
        }

        return true;
    }

    // After a split, both shards count what is theirs.
    private static async Task CountAgainAsync(LedgerContext context, long shardId, CancellationToken cancellationToken)
    {
        var shard = await context.Shards.AsNoTracking().SingleAsync(row => row.Id == shardId, cancellationToken);
        var (first, last) = (shard.FirstNumber, shard.FirstNumber + shard.StudyCount);
        var studies = context.Studies.Where(study => study.RequestId == shard.RequestId && study.Number >= first && study.Number < last);
        var saved = await studies.CountAsync(study => study.State == StudyState.Saved, cancellationToken);
        var failed = await studies.CountAsync(study => study.State == StudyState.Failed, cancellationToken);
        await context.Shards.Where(row => row.Id == shardId).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.StudiesSaved, saved).SetProperty(row => row.StudiesFailed, failed), cancellationToken);
    }
}
