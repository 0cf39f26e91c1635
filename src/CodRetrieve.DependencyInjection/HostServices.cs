using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CodRetrieve;

/// <summary>Gives the options what the host has: HTTP clients, log and clock, each unless the host's own code set it in the options.</summary>
internal sealed class HostServices(IServiceProvider services) : IPostConfigureOptions<CodDownloadOptions>
{
    public void PostConfigure(string? name, CodDownloadOptions options)
    {
        if (options.HttpClientFactory is null)
        {
            // The factory keeps the connections; the handler renews them when addresses change.
            var factory = services.GetRequiredService<IHttpClientFactory>();
            options.HttpClientFactory = () => factory.CreateClient(CodRetrieveServiceCollectionExtensions.HttpClientName);
        }

        if (ReferenceEquals(options.LoggerFactory, NullLoggerFactory.Instance) && services.GetService<ILoggerFactory>() is { } loggers)
        {
            options.LoggerFactory = loggers;
        }

        if (ReferenceEquals(options.TimeProvider, TimeProvider.System) && services.GetService<TimeProvider>() is { } time)
        {
            options.TimeProvider = time;
        }
    }
}
