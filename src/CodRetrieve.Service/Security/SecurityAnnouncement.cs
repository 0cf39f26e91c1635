using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Security;

/// <summary>Says at the start who gets in, where nobody has configured it.</summary>
internal sealed class SecurityAnnouncement(AnonymousAccess access, IOptions<SecurityOptions> options, ILogger<SecurityAnnouncement> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (await access.IsConfiguredAsync(cancellationToken))
        {
            return;
        }

        if (options.Value.AllowAnonymousOnLoopback)
        {
            logger.LogOpenOnLoopback();
        }
        else
        {
            logger.LogClosed();
        }
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
