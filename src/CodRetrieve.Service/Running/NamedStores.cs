using System.Collections.Concurrent;
using CodRetrieve.Service.Configuration;
using Microsoft.Extensions.Options;

namespace CodRetrieve.Service.Running;

/// <summary>The stores of the settings, each with the connections that its jobs share. Safe for use by several threads.</summary>
internal sealed class NamedStores(IOptions<ServiceOptions> options, NamedCredentials credentials, ILoggerFactory loggers, TimeProvider time) : IAsyncDisposable
{
    // What the library allows for a job.
    private const int MaxConnections = 256;
    private const long MinBytesPerSecond = 1024;

    private readonly ServiceOptions _options = options.Value;
    private readonly ConcurrentDictionary<(string Store, string Destination), Lazy<CodDownload>> _open = new();

    /// <summary>Returns the library for a store, with the limits of the store, the destination and the node. It is shared, and not to be disposed.</summary>
    public CodDownload Open(string store, string destination) =>
        _open.GetOrAdd((store, destination), key => new Lazy<CodDownload>(() => Create(_options.Stores[key.Store], _options.Destinations[key.Destination]))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var cod in _open.Values.Where(static one => one.IsValueCreated))
        {
            await cod.Value.DisposeAsync();
        }
    }

    private CodDownload Create(StoreOptions store, DestinationOptions destination)
    {
        var workers = _options.Node.Workers;
        var settings = new CodDownloadOptions
        {
            Credential = credentials.ToCredential(store.Credential),
            UserProject = store.UserProject,
            CertificateAuthorityFile = store.CertificateAuthorityFile,
            MaxOutage = store.MaxOutage,
            MaxConnections = Math.Clamp(Math.Min(store.MaxConnections ?? MaxConnections, _options.Node.MaxConnections / workers), 1, MaxConnections),
            LoggerFactory = loggers,
            TimeProvider = time,
        };
        settings.Endpoint = store.Endpoint ?? settings.Endpoint;

        // The limits are the node's: each of the shards that it may run at a time gets its part.
        long?[] limits = [store.MaxBytesPerSecond, destination.MaxBytesPerSecond, _options.Node.MaxBytesPerSecond];
        settings.MaxBytesPerSecond = limits.Min() is { } limit ? Math.Max(MinBytesPerSecond, limit / workers) : null;
        var cod = new CodDownload(settings);
        cod.InitBucket(store.Url);
        return cod;
    }
}
