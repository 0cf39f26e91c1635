using CodRetrieve.IO;

namespace CodRetrieve.Storage;

/// <summary>
/// A store whose calls end when they are cancelled or take too long, even if the store itself takes no notice: code that is not this library's
/// may hang, and a job must not hang with it. What a call that was given up brings later is disposed.
/// </summary>
internal sealed class BoundedObjectStore(IObjectStore store, TimeSpan idleTimeout, TimeProvider time) : IObjectStore
{
    /// <summary>
    /// How many idle timeouts a call may take. A store that keeps the idle timeout by itself, renews a token and reads a slow listing stays far below.
    /// </summary>
    internal const int IdleTimeouts = 10;

    private readonly TimeSpan _limit = idleTimeout * IdleTimeouts;

    public string GetUri(string objectName) => store.GetUri(objectName);

    public Task<ObjectListPage> ListAsync(string prefix, string? pageToken, CancellationToken cancellationToken) =>
        BoundAsync(ct => store.ListAsync(prefix, pageToken, ct), prefix, static _ => default, cancellationToken);

    public Task<ObjectListPage> ListFromAsync(string prefix, string startOffset, string? pageToken, CancellationToken cancellationToken) =>
        BoundAsync(ct => store.ListFromAsync(prefix, startOffset, pageToken, ct), prefix, static _ => default, cancellationToken);

    public async Task<ObjectContent> OpenReadAsync(string objectName, long? generation, ByteRange? range, CancellationToken cancellationToken)
    {
        var body = await BoundAsync(
            ct => store.OpenReadAsync(objectName, generation, range, ct), objectName, static late => late.DisposeAsync(), cancellationToken).ConfigureAwait(false);
        return new ObjectContent(new BoundedStream(body, idleTimeout, time), body.Offset)
        {
            HasContentRange = body.HasContentRange,
            LengthBytes = body.LengthBytes,
            ObjectSizeBytes = body.ObjectSizeBytes,
            Generation = body.Generation,
            IsDecompressed = body.IsDecompressed,
            IsCompressed = body.IsCompressed,
        };
    }

    private async Task<T> BoundAsync<T>(
        Func<CancellationToken, Task<T>> call, string objectName, Func<T, ValueTask> dispose, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var calling = call(stop.Token);
        try
        {
            return await calling.WaitAsync(_limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!calling.IsCompleted)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            Abandoned.Observe(DisposeLateAsync(calling, dispose));
            throw new ObjectStoreException(
                ObjectStoreFailure.Unavailable, $"{store.GetUri(objectName)}: the store did not respond for {_limit.TotalSeconds:0.###} s, and took no notice of being cancelled.");
        }
        catch (OperationCanceledException) when (!calling.IsCompleted)
        {
            Abandoned.Observe(DisposeLateAsync(calling, dispose));
            throw;
        }
    }

    private static async Task DisposeLateAsync<T>(Task<T> calling, Func<T, ValueTask> dispose) =>
        await dispose(await calling.ConfigureAwait(false)).ConfigureAwait(false);
}
