using CodRetrieve.Storage;

namespace CodRetrieve.Transfer;

/// <summary>A whole tar that was asked for ahead, with the place in the budget that its request has. Owns both.</summary>
internal sealed class PrefetchedTar : IAsyncDisposable
{
    private readonly ResumingStream _stream;
    private readonly Task<bool> _opening;

    public PrefetchedTar(ResumingStream stream, RequestPermit permit, CancellationToken cancellationToken)
    {
        (_stream, Permit) = (stream, permit);
        _opening = TryOpenAsync(cancellationToken);
    }

    public RequestPermit Permit { get; }

    /// <summary>The tar from its first byte on, which <see cref="DisposeAsync"/> closes; <see langword="null"/> where the request failed: it is made again as any other.</summary>
    public async ValueTask<ResumingStream?> OpenAsync() => await _opening.ConfigureAwait(false) ? _stream : null;

    public async ValueTask DisposeAsync()
    {
        await _opening.ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        Permit.Dispose();
    }

    private async Task<bool> TryOpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _stream.OpenAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is ObjectStoreException or IOException or HttpRequestException or OperationCanceledException)
        {
            // Whoever needs the tar meets the same, with all the retries that there are.
            return false;
        }
    }
}
