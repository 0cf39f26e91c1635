using Microsoft.Extensions.Hosting;

namespace CodRetrieve.Testing;

/// <summary>Keeps the host from taking over Ctrl+C and SIGTERM of the process that it is a guest in.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
