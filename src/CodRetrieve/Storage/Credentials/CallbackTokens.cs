namespace CodRetrieve.Storage;

/// <summary>Tokens from the caller's code, kept until the store refuses them.</summary>
internal sealed class CallbackTokens(Func<CancellationToken, ValueTask<string>> getToken) : IAccessTokenProvider
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile string? _current;

    // What may pass is for the callback to try again, as with what it throws.
    public ObjectStoreFailure OnTimeout => ObjectStoreFailure.Unauthorized;

    public async ValueTask<string?> GetAsync(string? stale, CancellationToken cancellationToken)
    {
        if (_current is { } cached && cached != stale)
        {
            return cached;
        }

        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Another request may have renewed it while this one waited.
            if (_current is null || _current == stale)
            {
                _current = await GetFreshAsync(cancellationToken).ConfigureAwait(false);
            }

            return _current;
        }
        finally
        {
            _one.Release();
        }
    }

    private async ValueTask<string> GetFreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            return CodCredential.ValidateToken(await getToken(cancellationToken).ConfigureAwait(false), nameof(getToken));
        }
#pragma warning disable CA1031 // Whatever the caller's code throws, there is no token, and no request can be made.
        catch (Exception e) when (e is not ObjectStoreException { Reason: ObjectStoreFailure.Unauthorized } && !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            throw new ObjectStoreException(ObjectStoreFailure.Unauthorized, "The token source failed.", e);
        }
    }
}
