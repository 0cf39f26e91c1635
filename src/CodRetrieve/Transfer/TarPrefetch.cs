using System.Collections.Concurrent;
using CodRetrieve.Catalog;
using CodRetrieve.Storage;

namespace CodRetrieve.Transfer;

/// <summary>
/// Asks for small tars beside their indexes, where nothing of their studies is saved and requests are to spare: one wait for the store less. What arrives early waits in
/// the socket. Safe for several callers at once.
/// </summary>
/// <param name="objects">The store's objects.</param>
/// <param name="received">Receives the number of bytes that arrive over the wire.</param>
internal sealed class TarPrefetch(ObjectReader objects, Action<int> received) : IAsyncDisposable
{
    /// <summary>Up to this, most of a tar is on its way before its index has been read.</summary>
    public const long MaxTarBytes = 8 * 1024 * 1024;

    private readonly ConcurrentDictionary<SeriesListing, PrefetchedTar> _tars = new(ReferenceEqualityComparer.Instance);

    /// <summary>Asks for the tar of a series whose index is about to be read, if that is likely to be of use.</summary>
    public void Begin(SeriesListing series, CancellationToken cancellationToken)
    {
        if (series.Index is not null && !series.HasLock && series.Tar is { SizeBytes: > 0 and <= MaxTarBytes, ContentEncoding: null or "" } tar
            && objects.Budget.TryAcquireSpare(RequestPurpose.Content) is { } permit)
        {
            var slice = new ObjectRange(tar.Name, tar.Generation, tar.SizeBytes, new ByteRange(0, tar.SizeBytes));
            _tars[series] = new PrefetchedTar(objects.Open(slice, received, permit), permit, cancellationToken);
        }
    }

    /// <summary>Whether the tar of a series was asked for, and is still to be taken.</summary>
    public bool Has(SeriesListing series) => _tars.ContainsKey(series);

    /// <summary>Takes a tar that was asked for, which the caller disposes; <see langword="null"/> for none.</summary>
    public PrefetchedTar? Take(SeriesListing series) => _tars.TryRemove(series, out var tar) ? tar : null;

    /// <summary>Gives up a tar that turned out not to be needed.</summary>
    public ValueTask DropAsync(SeriesListing series) => Take(series)?.DisposeAsync() ?? ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var series in _tars.Keys)
        {
            await DropAsync(series).ConfigureAwait(false);
        }
    }
}
