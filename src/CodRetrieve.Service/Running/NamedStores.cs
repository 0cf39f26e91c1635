using System.Collections.Concurrent;
using CodRetrieve.Service.Configuration;
using CodRetrieve.Storage;
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
    private readonly ConcurrentDictionary<string, BandwidthLimit> _limits = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the library for a store, with the limits of the store, the destination and the node. It is shared, and not to be disposed.</summary>
    public CodDownload Open(string store, string destination) =>
        _open.GetOrAdd((store, destination), key => new Lazy<CodDownload>(() => Create(key.Store, key.Destination))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var cod in _open.Values.Where(static one => one.IsValueCreated))
        {
            await cod.Value.DisposeAsync();
        }
    }

    private CodDownload Create(string storeName, string destinationName)
    {
        var (node, store, destination) = (_options.Node, _options.Stores[storeName], _options.Destinations[destinationName]);
        var settings = new CodDownloadOptions
        {
            Credential = credentials.ToCredential(store.Credential),
            UserProject = store.UserProject,
            CertificateAuthorityFile = store.CertificateAuthorityFile,
            MaxOutage = store.MaxOutage,
            MaxConnections = Math.Clamp(Math.Min(store.MaxConnections ?? MaxConnections, node.MaxConnections / node.Workers), 1, MaxConnections),
            LoggerFactory = loggers,
            TimeProvider = time,
        };
        settings.Endpoint = store.Endpoint ?? settings.Endpoint;

        // The limits are the node's: its jobs share them, so that one that runs alone has the whole. For each, the least of them is the number of connections that is worth while.
        (string Name, long? Limit)[] limits = [("node", node.MaxBytesPerSecond), ($"store {storeName}", store.MaxBytesPerSecond), ($"destination {destinationName}", destination.MaxBytesPerSecond)];
        settings.MaxBytesPerSecond = limits.Min(static one => one.Limit) is { } least ? Math.Max(MinBytesPerSecond, least) : null;
        settings.SharedLimits = [.. limits.Where(static one => one.Limit is not null).Select(one => _limits.GetOrAdd(one.Name, _ => new BandwidthLimit(one.Limit!.Value, time)))];
        var cod = new CodDownload(settings);
        cod.InitBucket(store.Url);
        return cod;
    }
}
