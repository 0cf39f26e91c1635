using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Running;
using CodRetrieve.Service.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Tests.Ledger;

public sealed class RetentionTests(PostgresFixture server) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    [Fact(Timeout = 120_000)]
    public async Task Sqlite_keeps_what_has_not_ended_for_long_and_the_audit_trail()
    {
        await using var service = await TestService.CreateAsync();
        await CheckAsync(service);
    }

    [PostgresFact(Timeout = 120_000)]
    public async Task Postgres_keeps_what_has_not_ended_for_long_and_the_audit_trail()
    {
        await using var service = await TestService.CreateAsync(await server.CreateDatabaseAsync());
        await CheckAsync(service);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_service_removes_them_by_itself_where_the_settings_say_so()
    {
        await using var store = await TestStoreServer.StartAsync(1);
        await using var service = await TestService.CreateAsync(store: TestStoreServer.Url, settings: [store.Endpoint, "--Service:Limits:Retention=90.00:00:00"]);
        var old = await EndedAsync(service, days: 91);
        await service.StartAsync();
        await Poll.UntilAsync(async () => !await service.Ledger.ReadAsync((context, token) => context.Requests.AnyAsync(request => request.Id == old, token), default), TimeSpan.FromMinutes(1));

        Assert.Equal(RequestState.Completed, (await service.EndOfAsync((await service.RequestAsync(store.Uids)).Id)).State);
    }

    private static async Task CheckAsync(TestService service)
    {
        var old = await EndedAsync(service, days: 91, key: "again");
        var recent = await EndedAsync(service, days: 89);
        var running = await service.RequestAsync(["1.2.3"]);
        var stillRuns = await RunningAsync(service);
        var tried = await EndedAsync(service, days: 91);
        await service.Requests.RetryAsync(tried, TestService.Caller, default);
        await AddNodeAsync(service, "gone", days: 91);
        await AddNodeAsync(service, "here", days: 1);

        Assert.Equal(1, await service.Get<Retention>().ApplyAsync(Kept, default));
        Assert.Equal(0, await service.Get<Retention>().ApplyAsync(Kept, default));

        await using var context = service.Ledger.Open();
        long[] left = [recent, running.Id, stillRuns, tried];
        Assert.Equal(left.Order(), await context.Requests.Select(request => request.Id).Order().ToListAsync());
        Assert.Equal(left.Order(), await context.Studies.Select(study => study.RequestId).Distinct().Order().ToListAsync());
        Assert.Equal(left.Order(), await context.Shards.Select(shard => shard.RequestId).Distinct().Order().ToListAsync());
        Assert.DoesNotContain(old, await context.Attempts.Select(attempt => attempt.RequestId).ToListAsync());
        Assert.Equal(["here"], await context.Nodes.Select(node => node.Id).ToListAsync());
        Assert.Equal(["create", "end", "remove"], await context.Audit.Where(entry => entry.RequestId == old).OrderBy(entry => entry.Id).Select(entry => entry.Action).ToListAsync());
        await Assert.ThrowsAsync<RequestRefusedException>(() => service.Requests.GetAsync(old, TestService.Caller, default));

        // Its key is free again.
        Assert.NotEqual(old, (await service.RequestAsync(["1.2.3"], key: "again")).Id);
    }

    private static async Task<long> EndedAsync(TestService service, int days, string? key = null)
    {
        var request = await service.RequestAsync(["1.2.3", "1.2.4"], key: key);
        var shard = await service.Ledger.ReadAsync((context, token) => context.Shards.Where(shard => shard.RequestId == request.Id).Select(shard => shard.Id).SingleAsync(token), default);
        var claimed = (await service.Shards.ClaimAsync(shard, default))!;
        var outcomes = claimed.Studies.Select(static study => new StudyOutcome(study.Number, StudyState.Failed, FailureReason.NotFound, "Not there.")).ToList();
        await service.Shards.EndAsync(claimed, outcomes, new RunEnd(AttemptOutcome.Completed, false, 0, 0, null), default);
        await AgeAsync(service, request.Id, days);
        return request.Id;
    }

    // Cancelled long ago, and a run of it is still at its end.
    private static async Task<long> RunningAsync(TestService service)
    {
        var request = await service.RequestAsync(["1.2.5"]);
        var shard = await service.Ledger.ReadAsync((context, token) => context.Shards.Where(shard => shard.RequestId == request.Id).Select(shard => shard.Id).SingleAsync(token), default);
        await service.Shards.ClaimAsync(shard, default);
        await service.Requests.CancelAsync(request.Id, TestService.Caller, default);
        await AgeAsync(service, request.Id, days: 91);
        return request.Id;
    }

    private static Task<int> AgeAsync(TestService service, long id, int days) => service.Ledger.WriteAsync(
        (context, token) => context.Requests.Where(request => request.Id == id).ExecuteUpdateAsync(set => set.SetProperty(request => request.EndedAt, request => LedgerContext.Now() - (days * 86_400_000L)), token), default);

    private static Task<int> AddNodeAsync(TestService service, string id, int days) => service.Ledger.WriteAsync(
        async (context, token) =>
        {
            context.Nodes.Add(new NodeEntity { Id = id, Name = id, SeenAt = await context.ReadClockAsync(token) - (days * 86_400_000L) });
            return await context.SaveChangesAsync(token);
        },
        default);
}
