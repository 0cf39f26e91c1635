using CodRetrieve.Service.Dispatching;
using CodRetrieve.Service.Ledger;
using CodRetrieve.Service.Requests;
using CodRetrieve.Service.Tests.Support;
using CodRetrieve.Testing;
using Hangfire;
using Microsoft.EntityFrameworkCore;

namespace CodRetrieve.Service.Tests.Running;

/// <summary>Runs of shards in an embedded service, with a store that has faults.</summary>
public sealed class ShardRunnerTests
{
    [Fact(Timeout = 180_000)]
    public async Task Shard_that_is_too_large_is_divided_and_nothing_is_lost()
    {
        await using var store = await TestStoreServer.StartAsync(60, 40_000);
        await using var service = await StartAsync(store, "--Service:Limits:BytesPerShard=1000000", "--Service:Stores:store:MaxConnections=2");
        var request = await service.RequestAsync(store.Uids);
        var ended = await service.EndOfAsync(request.Id);
        Assert.Equal((RequestState.Completed, 60), (ended.State, ended.Studies.Saved));
        Assert.InRange(ended.ShardCount, 2, 60);
        Assert.Equal(store.Studies.Expected(), SavedFiles.InFolder(service.Destination));
        var shards = await service.Requests.ShardsAsync(request.Id, 100, TestService.Caller, default);
        Assert.Equal((60, 60), (shards.Sum(shard => shard.StudyCount), shards.Sum(shard => shard.StudiesSaved)));
    }

    [Fact(Timeout = 180_000)]
    public async Task Store_that_is_down_for_a_while_costs_time_and_no_study()
    {
        await using var store = await TestStoreServer.StartAsync(3);
        store.Server.Faults.Add(Fault.Status(503), times: 40);
        await using var service = await StartAsync(store, "--Service:Limits:RetryDelay=00:00:00.1", "--Service:Stores:store:MaxOutage=00:00:01");
        var ended = await service.EndOfAsync((await service.RequestAsync(store.Uids)).Id);
        Assert.Equal((RequestState.Completed, 3, 0), (ended.State, ended.Studies.Saved, ended.Studies.Failed));
    }

    [Fact(Timeout = 180_000)]
    public async Task What_fails_time_after_time_is_given_up_with_a_reason_in_words()
    {
        await using var store = await TestStoreServer.StartAsync(3);
        store.Server.Faults.Add(Fault.Status(403), objectName: name => name.Contains(store.Uids[1], StringComparison.Ordinal));
        store.Server.Faults.Add(Fault.FlipBit(3000), RequestKind.Media, name => name.Contains(store.Uids[2], StringComparison.Ordinal) && name.EndsWith(".tar", StringComparison.Ordinal));
        await using var service = await StartAsync(store, "--Service:Limits:RetryDelay=00:00:00.05", "--Service:Limits:AttemptsPerShard=3");
        var request = await service.RequestAsync(store.Uids);
        var ended = await service.EndOfAsync(request.Id);
        Assert.Equal((RequestState.Incomplete, 1, 2), (ended.State, ended.Studies.Saved, ended.Studies.Failed));
        var failures = new List<StudyRecord>();
        await foreach (var failure in service.Requests.FailuresAsync(request.Id, TestService.Caller, default))
        {
            failures.Add(failure);
        }

        Assert.Equal([(1, FailureReason.AccessDenied), (2, FailureReason.DataDamaged)], failures.Select(failure => (failure.Number, failure.Reason)));
        Assert.All(failures, failure => Assert.NotEmpty(failure.Message!));
        Assert.Null(Sensitive.In(string.Join('\n', failures)));

        // What was wrong has been repaired.
        store.Server.Faults.Clear();
        await service.Requests.RetryAsync(request.Id, TestService.Caller, default);
        Assert.Equal((RequestState.Completed, 3), (await service.EndOfAsync(request.Id) is var repaired ? (repaired.State, repaired.Studies.Saved) : default));
    }

    [Fact(Timeout = 180_000)]
    public async Task Run_that_has_lost_its_shard_stops_and_changes_nothing()
    {
        await using var store = await TestStoreServer.StartAsync(2);
        var stall = store.Server.Faults.Add(Fault.StallAfter(1000), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal), times: 1);
        await using var service = await StartAsync(store, "--Service:Node:Lease=00:00:05");
        var request = await service.RequestAsync(store.Uids);
        await WaitAsync(() => Task.FromResult(stall.Hits > 0));

        // As if another node had claimed it, and ended.
        await using (var context = service.Ledger.Open())
        {
            Assert.Equal(1, await context.Shards.Where(shard => shard.State == ShardState.Running).ExecuteUpdateAsync(
                set => set.SetProperty(shard => shard.Epoch, shard => shard.Epoch + 1).SetProperty(shard => shard.RunId, "another").SetProperty(shard => shard.LeaseUntil, 0)));
        }

        var ended = await service.EndOfAsync(request.Id);
        Assert.Equal((RequestState.Completed, 2), (ended.State, ended.Studies.Saved));
        await using var after = service.Ledger.Open();
        Assert.Equal(3, await after.Shards.Select(shard => shard.Epoch).SingleAsync());
        Assert.Equal([AttemptOutcome.LeaseLost, AttemptOutcome.Completed], await after.Attempts.OrderBy(attempt => attempt.Epoch).Select(attempt => attempt.Outcome).ToListAsync());
    }

    [Fact(Timeout = 180_000)]
    public async Task Cancelling_and_pausing_stop_what_runs()
    {
        await using var store = await TestStoreServer.StartAsync(2);
        var stall = store.Server.Faults.Add(Fault.StallAfter(1000), RequestKind.Media, name => name.EndsWith(".tar", StringComparison.Ordinal), times: 4);
        await using var service = await StartAsync(store, "--Service:Node:Lease=00:00:05");
        var request = await service.RequestAsync(store.Uids);
        await WaitAsync(() => Task.FromResult(stall.Hits > 0));
        await service.Requests.PauseAsync(request.Id, TestService.Caller, default);
        await WaitAsync(async () => (await service.Requests.GetAsync(request.Id, TestService.Caller, default)).ShardsRunning == 0);
        Assert.Equal(RequestState.Paused, (await service.Requests.GetAsync(request.Id, TestService.Caller, default)).State);

        var hits = stall.Hits;
        await service.Requests.ResumeAsync(request.Id, TestService.Caller, default);
        await WaitAsync(() => Task.FromResult(stall.Hits > hits));
        await service.Requests.CancelAsync(request.Id, TestService.Caller, default);
        var ended = await service.EndOfAsync(request.Id);
        Assert.Equal((RequestState.Cancelled, 0, 0), (ended.State, ended.Studies.Saved, ended.ShardsRunning));
        Assert.Equal(ShardState.Cancelled, (await service.Requests.ShardsAsync(request.Id, 1, TestService.Caller, default)).Single().State);
    }

    [Fact(Timeout = 120_000)]
    public async Task Services_in_one_process_run_their_own_shards()
    {
        await using var store = await TestStoreServer.StartAsync(6);
        string[] settings = [store.Endpoint, "--Service:Limits:StudiesPerShard=2"];
        await using var one = await TestService.CreateAsync(store: TestStoreServer.Url, settings: settings);
        await using var other = await TestService.CreateAsync(store: TestStoreServer.Url, settings: settings);

        // Started only when both are built: by then what Hangfire keeps for the whole process is the other's.
        await one.StartAsync();
        await other.StartAsync();

        var requests = await Task.WhenAll(one.RequestAsync(store.Uids), other.RequestAsync(store.Uids.Take(3)));

        Assert.Equal((RequestState.Completed, 6), (await one.EndOfAsync(requests[0].Id) is var first ? (first.State, first.Studies.Saved) : default));
        Assert.Equal((RequestState.Completed, 3), (await other.EndOfAsync(requests[1].Id) is var second ? (second.State, second.Studies.Saved) : default));
    }

    [Fact(Timeout = 180_000)]
    public async Task Whatever_becomes_of_jobs_in_Hangfire_each_study_is_saved_once()
    {
        await using var store = await TestStoreServer.StartAsync(12);
        await using var service = await StartAsync(store, "--Service:Limits:StudiesPerShard=3");
        var request = await service.RequestAsync(store.Uids);
        var queue = service.Get<ShardQueue>();
        var jobs = new BackgroundJobClient(service.Get<JobStorage>());
        var shards = await service.Requests.ShardsAsync(request.Id, 10, TestService.Caller, default);
        foreach (var shard in shards.Concat(shards).Concat(shards))
        {
            queue.Enqueue(shard.Id);
        }

        queue.Enqueue(987_654);
        foreach (var job in service.Get<JobStorage>().GetMonitoringApi().EnqueuedJobs(ShardQueue.Name, 0, 3).Select(pair => pair.Key))
        {
            jobs.Delete(job);
        }

        Assert.Equal((RequestState.Completed, 12), (await service.EndOfAsync(request.Id) is var ended ? (ended.State, ended.Studies.Saved) : default));
        foreach (var job in service.Get<JobStorage>().GetMonitoringApi().SucceededJobs(0, 3).Select(pair => pair.Key))
        {
            jobs.Requeue(job);
        }

        await WaitAsync(() => Task.FromResult(service.Get<JobStorage>().GetMonitoringApi() is var api && api.EnqueuedCount(ShardQueue.Name) == 0 && api.ProcessingCount() == 0));
        await using var context = service.Ledger.Open();
        Assert.Equal(shards.Count, await context.Attempts.CountAsync());
        Assert.Equal(0, service.Get<JobStorage>().GetMonitoringApi().FailedCount());
    }

    private static async Task<TestService> StartAsync(TestStoreServer store, params string[] settings) =>
        await (await TestService.CreateAsync(store: TestStoreServer.Url, settings: [store.Endpoint, .. settings])).StartAsync();

    private static Task WaitAsync(Func<Task<bool>> condition) => Poll.UntilAsync(condition, TimeSpan.FromMinutes(1));
}
