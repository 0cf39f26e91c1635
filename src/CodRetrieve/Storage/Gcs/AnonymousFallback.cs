using System.Net;

namespace CodRetrieve.Storage;

/// <summary>
/// Tries a bucket once without the login that was found, where that is refused before anything was read with it: a login for other things must not
/// keep anybody from a public bucket. Safe for several requests at once.
/// </summary>
internal sealed class AnonymousFallback
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile bool _isDecided;
    private volatile bool _isAnonymous;

    /// <summary>Sends a request with the login, or without it if that is what works.</summary>
    /// <param name="authorized">Sends it with the login.</param>
    /// <param name="anonymous">Sends it without.</param>
    /// <param name="cancellationToken">Ends the wait for another request, which decides.</param>
    public async Task<HttpResponseMessage> SendAsync(
        Func<Task<HttpResponseMessage>> authorized, Func<Task<HttpResponseMessage>> anonymous, CancellationToken cancellationToken)
    {
        if (!_isDecided)
        {
            await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (!_isDecided)
                {
                    return await DecideAsync(authorized, anonymous).ConfigureAwait(false);
                }
            }
            finally
            {
                _one.Release();
            }
        }

        return await (_isAnonymous ? anonymous() : authorized()).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> DecideAsync(Func<Task<HttpResponseMessage>> authorized, Func<Task<HttpResponseMessage>> anonymous)
    {
        HttpResponseMessage refusal;
        try
        {
            refusal = await authorized().ConfigureAwait(false);
            if (!IsRefusal(refusal.StatusCode))
            {
                _isDecided = refusal.IsSuccessStatusCode;
                return refusal;
            }
        }
        catch (ObjectStoreException e) when (e.Reason == ObjectStoreFailure.Unauthorized)
        {
            if (await TryAsync(anonymous).ConfigureAwait(false) is { } response)
            {
                return response;
            }

            throw;
        }

        if (await TryAsync(anonymous).ConfigureAwait(false) is not { } other)
        {
            return refusal;
        }

        refusal.Dispose();
        return other;
    }

    private async Task<HttpResponseMessage?> TryAsync(Func<Task<HttpResponseMessage>> anonymous)
    {
        var response = await anonymous().ConfigureAwait(false);
        if (IsRefusal(response.StatusCode))
        {
            // The failure with the login says more.
            _isDecided = true;
            response.Dispose();
            return null;
        }

        (_isAnonymous, _isDecided) = (response.IsSuccessStatusCode, response.IsSuccessStatusCode);
        return response;
    }

    private static bool IsRefusal(HttpStatusCode status) => status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
}
