using Hangfire;
using Hangfire.States;
using HangfireJob = Hangfire.Common.Job;

namespace CodRetrieve.Service.Dispatching;

/// <summary>Hands shards to Hangfire. One queue: priorities are the ledger's, by the order in which shards are enqueued.</summary>
internal sealed class ShardQueue(JobStorage storage)
{
    public const string Name = "shards";

    private readonly BackgroundJobClient _client = new(storage);

    public void Enqueue(long shardId) => _client.Create(HangfireJob.FromExpression<ShardJob>(job => job.RunAsync(shardId)), new EnqueuedState(Name));
}
