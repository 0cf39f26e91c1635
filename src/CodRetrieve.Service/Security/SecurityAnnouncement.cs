using CodRetrieve.Service.Ledger;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Security;

/// <summary>Says at the start who gets in, where nobody has configured it. Waits for the ledger, which knows whether there are keys.</summary>
internal sealed class SecurityAnnouncement(AnonymousAccess access, LedgerStore ledger, IOptions<SecurityOptions> options, TimeProvider time, ILogger<SecurityAnnouncement> logger) : BackgroundService
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await access.IsConfiguredAsync(stoppingToken))
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

                return;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // It may have no database yet, or not the schema of this version.
                logger.LogAccessUnknown(ledger.Describe(e));
                await Task.Delay(Delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                // The service ends.
            }
        }
    }
}
