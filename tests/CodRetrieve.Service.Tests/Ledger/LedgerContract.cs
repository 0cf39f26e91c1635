using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Running;
using CodRetrieve.Service.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Tests.Ledger;

/// <summary>What the ledger must do whatever the database.</summary>
internal sealed class LedgerContract(TestService service)
{
    private static readonly RunEnd Completed = new(AttemptOutcome.Completed, false, 10, 5, null);

    private ShardLedger Shards => service.Shards;

    public async Task Schema_is_the_models()
    {
        await using var context = service.Ledger.Open();
        Assert.False(context.Database.HasPendingModelChanges());
        Assert.Empty(await context.Database.GetPendingMigrationsAsync());
        Assert.InRange(await context.ReadClockAsync(default), DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds(), DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds());
    }

    public async Task Of_many_claims_at_once_one_succeeds()
    {
        var (_, shard) = await RequestAsync(3);
        var claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Shards.ClaimAsync(shard, default)));
        var claimed = Assert.Single(claims, claim => claim is not null)!;
        Assert.Equal((1, 3, "store", "folder"), (claimed.Epoch, claimed.Studies.Count, claimed.Store, claimed.Destination));
        Assert.Null(await Shards.ClaimAsync(shard, default));
        Assert.Null(await Shards.ClaimAsync(shard + 1000, default));
    }

    public async Task Run_whose_lease_has_ended_changes_nothing()
    {
        var (request, shard) = await RequestAsync(2);
        var old = (await Shards.ClaimAsync(shard, default))!;
        await ExpireAsync(shard);
        Assert.Equal(LeaseState.Held, await Shards.RenewAsync(old, 1, 1, default));
        Assert.Null(await Shards.ClaimAsync(shard, default));

        await ExpireAsync(shard);
        var next = (await Shards.ClaimAsync(shard, default))!;
        Assert.Equal(2, next.Epoch);
        Assert.Equal(LeaseState.Lost, await Shards.RenewAsync(old, 1, 1, default));
        Assert.False(await Shards.IsHeldAsync(old, default));
        Assert.False(await Shards.RecordAsync(old, [Saved(0)], default));
        Assert.False(await Shards.SplitAsync(old, 1, default));
        Assert.False(await Shards.EndAsync(old, [Saved(0), Saved(1)], Completed, default));
        var details = await service.Requests.GetAsync(request, TestService.Caller, default);
        Assert.Equal((2, 0, 0), (details.Studies.Waiting, details.Studies.Saved, details.ShardsInHand - 1));

        Assert.True(await Shards.EndAsync(next, [Saved(0), Saved(1)], Completed, default));
        Assert.Equal(RequestState.Completed, (await service.Requests.GetAsync(request, TestService.Caller, default)).State);
        Assert.Equal(["LeaseLost", "Completed"], await AttemptsAsync(shard));
    }

    public async Task Outcome_counts_once_however_often_it_is_recorded()
    {
        var (request, shard) = await RequestAsync(3);
        var claimed = (await Shards.ClaimAsync(shard, default))!;
        Assert.True(await Shards.RecordAsync(claimed, [Saved(0), Failed(1)], default));
        Assert.True(await Shards.RecordAsync(claimed, [Saved(0), Failed(1)], default));
        Assert.True(await Shards.RecordAsync(claimed, [Failed(0)], default));
        var details = await service.Requests.GetAsync(request, TestService.Caller, default);
        Assert.Equal((1, 1, 1, 7L, 700L), (details.Studies.Saved, details.Studies.Failed, details.Studies.Waiting, details.InstancesSaved, details.BytesSaved));
        Assert.True(await Shards.EndAsync(claimed, [Saved(2)], Completed, default));
        details = await service.Requests.GetAsync(request, TestService.Caller, default);
        Assert.Equal((RequestState.Incomplete, 2, 1, 10L), (details.State, details.Studies.Saved, details.Studies.Failed, details.BytesReceived));
    }

    public async Task Shard_with_something_left_waits_longer_after_each_failed_run()
    {
        var (request, shard) = await RequestAsync(2);
        var claimed = (await Shards.ClaimAsync(shard, default))!;
        Assert.True(await Shards.EndAsync(claimed, [Saved(0)], new RunEnd(AttemptOutcome.Deferred, true, 0, 0, "The store is down."), default));
        Assert.Null(await Shards.ClaimAsync(shard, default));
        await ExpireAsync(shard);
        var again = (await Shards.ClaimAsync(shard, default))!;
        Assert.Equal((1, 1), (again.FailedRuns, again.Studies.Single().Number));
        Assert.Equal(TimeSpan.FromSeconds(20), Shards.DelayAfter(2));
        Assert.Equal(TimeSpan.FromMinutes(15), Shards.DelayAfter(50));
        Assert.Equal("The store is down.", (await service.Requests.ShardsAsync(request, 10, TestService.Caller, default)).Single().LastError);
    }

    public async Task Split_leaves_each_study_to_one_shard()
    {
        var (request, shard) = await RequestAsync(10);
        var claimed = (await Shards.ClaimAsync(shard, default))!;
        Assert.True(await Shards.RecordAsync(claimed, [Saved(0), Saved(1)], default));
        Assert.True(await Shards.SplitAsync(claimed, 4, default));
        var shards = await service.Requests.ShardsAsync(request, 10, TestService.Caller, default);
        Assert.Equal([(0, 4, 2), (4, 6, 0)], shards.OrderBy(one => one.FirstNumber).Select(one => (one.FirstNumber, one.StudyCount, one.StudiesSaved)));
        Assert.True(await Shards.EndAsync(claimed, [Saved(2), Saved(3)], Completed, default));
        Assert.Equal(RequestState.Running, (await service.Requests.GetAsync(request, TestService.Caller, default)).State);
        var rest = (await Shards.ClaimAsync(shards.Single(one => one.FirstNumber == 4).Id, default))!;
        Assert.Equal([4, 5, 6, 7, 8, 9], rest.Studies.Select(study => study.Number));
    }

    public async Task Cancelled_and_paused_requests_begin_no_shard()
    {
        var (paused, shard) = await RequestAsync(1);
        Assert.Equal(RequestState.Paused, (await service.Requests.PauseAsync(paused, TestService.Caller, default)).State);
        Assert.Null(await Shards.ClaimAsync(shard, default));
        Assert.Equal(RequestState.Waiting, (await service.Requests.ResumeAsync(paused, TestService.Caller, default)).State);
        var claimed = (await Shards.ClaimAsync(shard, default))!;
        await service.Requests.PauseAsync(paused, TestService.Caller, default);
        Assert.Equal(LeaseState.Paused, await Shards.RenewAsync(claimed, 0, 0, default));
        await service.Requests.CancelAsync(paused, TestService.Caller, default);
        await service.Requests.CancelAsync(paused, TestService.Caller, default);
        Assert.Equal(LeaseState.Cancelled, await Shards.RenewAsync(claimed, 0, 0, default));
        Assert.True(await Shards.EndAsync(claimed, [], new RunEnd(AttemptOutcome.Cancelled, false, 0, 0, null), default));
        Assert.Null(await Shards.ClaimAsync(shard, default));
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => service.Requests.RetryAsync(paused, TestService.Caller, default));
        Assert.Equal(RefusalKind.Conflict, refused.Kind);
    }

    public async Task Retry_takes_up_what_failed_and_nothing_else()
    {
        var (request, shard) = await RequestAsync(3);
        var claimed = (await Shards.ClaimAsync(shard, default))!;
        Assert.True(await Shards.EndAsync(claimed, [Saved(0), Failed(1), Saved(2)], Completed, default));
        var failures = new List<StudyRecord>();
        await foreach (var failure in service.Requests.FailuresAsync(request, TestService.Caller, default))
        {
            failures.Add(failure);
        }

        Assert.Equal((1, FailureReason.DataDamaged, "Damaged."), (failures.Single().Number, failures[0].Reason, failures[0].Message));
        Assert.Equal(RequestState.Running, (await service.Requests.RetryAsync(request, TestService.Caller, default)).State);
        var again = (await Shards.ClaimAsync(shard, default))!;
        Assert.Equal([1], again.Studies.Select(study => study.Number));
        Assert.True(await Shards.EndAsync(again, [Saved(1)], Completed, default));
        var details = await service.Requests.GetAsync(request, TestService.Caller, default);
        Assert.Equal((RequestState.Completed, 3, 0), (details.State, details.Studies.Saved, details.Studies.Failed));

        await using var context = service.Ledger.Open();
        var ends = await context.Audit.Where(entry => entry.RequestId == request && entry.Action == "end").OrderBy(entry => entry.Id).ToListAsync();
        Assert.Equal(["Incomplete: 2 studies saved, 1 failed", "Completed: 3 studies saved, 0 failed"], ends.Select(static entry => entry.Detail));
        Assert.All(ends, static entry => Assert.Equal("service", entry.Actor));
    }

    public async Task Key_makes_one_request_of_many_at_once()
    {
        var studies = Uids(3);
        var requests = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => service.RequestAsync(studies, key: "the-key")));
        Assert.Single(requests.Select(request => request.Id).Distinct());
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => service.RequestAsync(Uids(3), key: "the-key"));
        Assert.Equal(RefusalKind.KeyReused, refused.Kind);
        Assert.NotEqual(requests[0].Id, (await service.RequestAsync(studies, key: "the-key", caller: new Caller("other", "elsewhere"))).Id);
    }

    public async Task Lists_are_paged_without_gaps_or_repetitions()
    {
        var studies = Uids(7);
        var ids = new List<long>();
        foreach (var _ in Enumerable.Range(0, 5))
        {
            ids.Add((await service.RequestAsync(studies)).Id);
        }

        await service.Requests.CancelAsync(ids[1], TestService.Caller, default);
        var listed = await AllAsync((after, size) => service.Requests.ListAsync(new RequestQuery(State: RequestState.Waiting, After: after, Size: size), TestService.Caller, default));
        Assert.Equal([ids[4], ids[3], ids[2], ids[0]], listed.Select(request => request.Id).Where(ids.Contains));
        var numbers = await AllAsync((after, size) => service.Requests.StudiesAsync(ids[0], new StudyQuery(After: after, Size: size), TestService.Caller, default));
        Assert.Equal(studies, numbers.Select(study => study.StudyInstanceUid));
        var found = await AllAsync((after, size) => service.Requests.FindStudiesAsync(studies[3], after, size, TestService.Caller, default));
        Assert.Equal(ids, found.Select(study => study.RequestId));
        var prefix = studies[0][..studies[0].LastIndexOf('.')];
        Assert.Equal(35, (await AllAsync((after, size) => service.Requests.FindStudiesAsync(prefix, after, size, TestService.Caller, default))).Count);
        Assert.Empty((await service.Requests.FindStudiesAsync(studies[3], null, 10, new Caller("other", "elsewhere"), default)).Items);
        await Assert.ThrowsAsync<RequestRefusedException>(() => service.Requests.FindStudiesAsync("1.2%", null, 10, TestService.Caller, default));
    }

    public async Task Requests_of_another_tenant_are_not_there()
    {
        var mine = await service.RequestAsync(Uids(1), caller: new Caller("a", "one"));
        var other = new Caller("b", "two");
        Func<Task>[] calls =
        [
            () => service.Requests.GetAsync(mine.Id, other, default), () => service.Requests.CancelAsync(mine.Id, other, default), () => service.Requests.RetryAsync(mine.Id, other, default),
            () => service.Requests.PauseAsync(mine.Id, other, default), () => service.Requests.ResumeAsync(mine.Id, other, default), () => service.Requests.ShardsAsync(mine.Id, 1, other, default),
            () => service.Requests.StudiesAsync(mine.Id, new StudyQuery(), other, default), () => service.Requests.DescribeStudyAsync(mine.Id, "1.2", other, default),
            async () => await service.Requests.FailuresAsync(mine.Id, other, default).GetAsyncEnumerator().MoveNextAsync(),
        ];
        foreach (var call in calls)
        {
            Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<RequestRefusedException>(call)).Kind);
        }

        Assert.Empty((await service.Requests.ListAsync(new RequestQuery(), other, default)).Items);
        Assert.Equal(RequestState.Waiting, (await service.Requests.GetAsync(mine.Id, new Caller("a", "one"), default)).State);
    }

    public async Task Audit_trail_tells_who_asked_for_what_and_cannot_be_changed()
    {
        var (request, _) = await RequestAsync(2);
        await service.Requests.CancelAsync(request, TestService.Caller, default);
        await using var context = service.Ledger.Open();
        var entries = await context.Audit.Where(entry => entry.RequestId == request).OrderBy(entry => entry.Id).ToListAsync();
        Assert.Equal([("create", "tester", "2 studies from store to folder"), ("cancel", "tester", null)], entries.Select(entry => (entry.Action, entry.Actor, entry.Detail)));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => context.Audit.ExecuteDeleteAsync());
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => context.Audit.ExecuteUpdateAsync(set => set.SetProperty(entry => entry.Actor, "nobody")));
    }

    private static async Task<List<T>> AllAsync<T>(Func<string?, int, Task<Page<T>>> list)
    {
        var all = new List<T>();
        string? after = null;
        do
        {
            var page = await list(after, 2);
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    private static List<string> Uids(int count)
    {
        var prefix = $"1.2.{Random.Shared.NextInt64(1_000_000_000, long.MaxValue)}";
        return [.. Enumerable.Range(1, count).Select(number => $"{prefix}.{number}")];
    }

    private static StudyOutcome Saved(int number) => new(number, StudyState.Saved, InstancesSaved: 7, BytesSaved: 700);

    private static StudyOutcome Failed(int number) => new(number, StudyState.Failed, FailureReason.DataDamaged, "Damaged.");

    private async Task<(long Request, long Shard)> RequestAsync(int studies)
    {
        var request = await service.RequestAsync(Uids(studies));
        await using var context = service.Ledger.Open();
        return (request.Id, await context.Shards.Where(shard => shard.RequestId == request.Id).Select(shard => shard.Id).SingleAsync());
    }

    private async Task ExpireAsync(long shard)
    {
        await using var context = service.Ledger.Open();
        await context.Shards.Where(row => row.Id == shard).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseUntil, row => LedgerContext.Now() - 1).SetProperty(row => row.NotBefore, 0));
    }

    private async Task<List<string>> AttemptsAsync(long shard)
    {
        await using var context = service.Ledger.Open();
        var outcomes = await context.Attempts.Where(attempt => attempt.ShardId == shard).OrderBy(attempt => attempt.Epoch).Select(attempt => attempt.Outcome).ToListAsync();
        return [.. outcomes.Select(outcome => outcome.ToString())];
    }
}
