using CodRetrieve.Service.Running;
using Hangfire;

namespace CodRetrieve.Service.Dispatching;

/// <summary>
/// What Hangfire runs. It may run one twice, or late, or never, and anybody may requeue or delete one in its dashboard: the ledger decides what is done, and the sweeper
/// enqueues again what is left. So a job is never tried again by Hangfire, and is not stopped by it either, except when the node stops.
/// </summary>
internal sealed class ShardJob(ShardRunner runner, IHostApplicationLifetime lifetime)
{
    [AutomaticRetry(Attempts = 0, LogEvents = false, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public Task RunAsync(long shardId) => runner.RunAsync(shardId, lifetime.ApplicationStopping);
}
