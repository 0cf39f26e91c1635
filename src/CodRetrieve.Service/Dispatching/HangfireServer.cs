using CodRetrieve.Service.Configuration;
using CodRetrieve.Service.Running;
using Hangfire;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Dispatching;

/// <summary>Runs Hangfire's server as long as the host runs, on a node that runs shards.</summary>
internal sealed class HangfireServer(JobStorage storage, JobActivator activator, NodeIdentity node, IOptions<ServiceOptions> options) : IHostedService, IDisposable
{
    /// <summary>How long a run that stops has for its last entry in the ledger. Shorter than what the host waits.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(20);

    private BackgroundJobServer? _server;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Node.RunsShards)
        {
            _server = new BackgroundJobServer(
                new BackgroundJobServerOptions
                {
                    ServerName = node.Id,
                    WorkerCount = options.Value.Node.Workers,
                    Queues = [ShardQueue.Name],
                    Activator = activator,
                    IsLightweightServer = false,
                    ShutdownTimeout = ShutdownTimeout,
                    StopTimeout = ShutdownTimeout,
                },
                storage);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is { } server)
        {
            server.SendStop();
            await server.WaitForShutdownAsync(cancellationToken);
        }
    }

    public void Dispose() => _server?.Dispose();
}
