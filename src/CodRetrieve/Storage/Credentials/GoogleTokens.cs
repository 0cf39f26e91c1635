using System.Globalization;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;

namespace CodRetrieve.Storage;

/// <summary>Tokens from Google's library, which renews them before they expire.</summary>
/// <param name="getCredential">Makes or finds the credential.</param>
/// <param name="source">The file that it comes from, for messages; <see langword="null"/> where it is not known.</param>
/// <param name="client">Sends the requests for tokens; <see langword="null"/> to leave that to the credential.</param>
/// <param name="time">The clock, for messages.</param>
internal sealed class GoogleTokens(Func<CancellationToken, Task<GoogleCredential>> getCredential, Func<string?> source, TokenClient? client, TimeProvider time) : IAccessTokenProvider
{
    private const string ReadOnlyScope = "https://www.googleapis.com/auth/devstorage.read_only";

    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile GoogleCredential? _credential;
    private string? _renewed;

    // As when Google cannot be reached.
    public ObjectStoreFailure OnTimeout => ObjectStoreFailure.Unavailable;

    // A key file that is none, or a login that was revoked, is a missing permission like a 401, and documented like it.
    public async ValueTask<string?> GetAsync(string? stale, CancellationToken cancellationToken)
    {
        client?.Begin();
        try
        {
            return await GetTokenAsync(stale, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever Google's library throws, there is no token.
        catch (Exception e) when (e is not CodRetrieveException && !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            throw client?.Failure ?? WithoutToken(e);
        }
    }

    private ObjectStoreException WithoutToken(Exception cause)
    {
        if (cause is HttpRequestException)
        {
            return new(ObjectStoreFailure.Unavailable, "Google could not be reached for an access token.", cause);
        }

        // Google's library fails in odd ways where an error has no body in JSON, such as one of a proxy's.
        if (client?.Status is >= 400 and var status && cause is not TokenResponseException)
        {
            return new(
                status is 408 or 429 or >= 500 ? ObjectStoreFailure.Unavailable : ObjectStoreFailure.Unauthorized,
                string.Create(CultureInfo.InvariantCulture, $"A request for an access token was refused (HTTP {status}), with no reason that could be read. Check what is between."),
                cause)
            { StatusCode = status };
        }

        // Messages of these two are written for users and hold no secret; those of a parser may repeat the file.
        var why = cause is InvalidOperationException or TokenResponseException ? cause.Message.ReplaceLineEndings(" ") : cause.GetType().Name;
        var where = source() is { } file ? $" for the login in {file}" : "";
        return new(ObjectStoreFailure.Unauthorized, $"Google's library gave no access token{where}: {why.TrimEnd('.')}.{Remedy(why)}", cause);
    }

    // The words of Google's token endpoint, as it has had them for years.
    private string Remedy(string why) =>
        why.Contains("reasonable timeframe", StringComparison.OrdinalIgnoreCase) || why.Contains("iat and exp", StringComparison.OrdinalIgnoreCase)
            ? string.Create(CultureInfo.InvariantCulture, $" The clock of this machine says {time.GetUtcNow():u}: set it right.")
            : why.Contains("invalid_grant", StringComparison.Ordinal) || why.Contains("invalid_rapt", StringComparison.Ordinal)
                ? " The login expired or was revoked: log in again (gcloud auth application-default login), or have a new key made."
                : "";

    private async ValueTask<string?> GetTokenAsync(string? stale, CancellationToken cancellationToken)
    {
        var credential = _credential ?? await LoadAsync(cancellationToken).ConfigureAwait(false);
        var token = await ((ITokenAccess)credential).GetAccessTokenForRequestAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return token == stale ? await RenewAsync(credential, token, cancellationToken).ConfigureAwait(false) : token;
    }

    private async Task<GoogleCredential> LoadAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _credential ??= await PreparedAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<GoogleCredential> PreparedAsync(CancellationToken cancellationToken)
    {
        var credential = await getCredential(cancellationToken).ConfigureAwait(false);
        var scoped = credential.IsCreateScopedRequired ? credential.CreateScoped(ReadOnlyScope) : credential;
        return client is null ? scoped : scoped.CreateWithHttpClientFactory(client);
    }

    // The Google library hands out its cached token until shortly before it expires; one that was revoked earlier must be requested again.
    private async Task<string> RenewAsync(GoogleCredential credential, string stale, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_renewed != stale && credential.UnderlyingCredential is ServiceCredential service)
            {
                _renewed = stale;
                await service.RequestAccessTokenAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _one.Release();
        }

        return await ((ITokenAccess)credential).GetAccessTokenForRequestAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
    }
}
