using CodRetrieve.Diagnostics;

namespace CodRetrieve.Storage;

/// <summary>
/// Reads a store as the other components need it: every request retried, every body resumed and bounded in idle time, and no more than a
/// given number of requests in flight. Safe for use by several callers at once. Does not own the store.
/// </summary>
internal sealed class ObjectReader(IObjectStore store, RequestPolicy policy, int maxConnections) : IDisposable
{
    private readonly SemaphoreSlim _connections = new(maxConnections, maxConnections);
    // Apart: a store may list and yet give no bytes, or give bytes of what was listed before.
    private readonly OutageDetector _listings = new(maxConnections, policy.Time);
    private readonly OutageDetector _bodies = new(maxConnections, policy.Time);

    /// <summary>How long the store has given nothing of what it is asked for, listings or bytes; zero while it does.</summary>
    public TimeSpan OutageDuration => _listings.Duration > _bodies.Duration ? _listings.Duration : _bodies.Duration;

    public string GetUri(string objectName) => store.GetUri(objectName);

    public async Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken)
    {
        await _connections.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var lease = new Lease(_connections);
        try
        {
            var page = await policy.ExecuteAsync(
                _listings, async ct => await store.ListAsync(prefix, pageToken, ct).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            _listings.RecordSuccess();
            return page;
        }
        catch (ObjectStoreException e) when (_listings.RecordFailure(e) is var failure && failure != e)
        {
            throw failure;
        }
    }

    /// <summary>
    /// Opens a range of an object once a connection is free. The stream ends at the range's end and nowhere else. The caller disposes it,
    /// which gives the connection back.
    /// </summary>
    /// <param name="slice">Which bytes.</param>
    /// <param name="received">Receives the number of bytes whenever some arrive, those fetched again included.</param>
    /// <param name="cancellationToken">Ends the wait for a connection.</param>
    public async ValueTask<ResumingStream> OpenAsync(ObjectRange slice, Action<int>? received, CancellationToken cancellationToken)
    {
        await _connections.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new ResumingStream(store, policy, _bodies, slice, received, new Lease(_connections));
    }

    public void Dispose() => _connections.Dispose();

    private sealed class Lease : IDisposable
    {
        private SemaphoreSlim? _connections;

        public Lease(SemaphoreSlim connections)
        {
            _connections = connections;
            CodMeter.ConnectionsActive.Add(1);
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _connections, null) is { } connections)
            {
                CodMeter.ConnectionsActive.Add(-1);
                connections.Release();
            }
        }
    }
}
