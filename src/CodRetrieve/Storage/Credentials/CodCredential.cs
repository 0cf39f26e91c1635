using CodRetrieve.Storage;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;

namespace CodRetrieve;

/// <summary>Where the access tokens come from that a bucket is read with.</summary>
/// <remarks>
/// A credential is asked for a token when the first request is made, and once more when the store responds with 401 (expired or invalid
/// token); a second 401 ends the job. Instances hold no secret in <see cref="ToString"/> and are safe for use by several jobs at once.
/// </remarks>
public sealed class CodCredential
{
    private const string ReadOnlyScope = "https://www.googleapis.com/auth/devstorage.read_only";

    private readonly string _description;

    private CodCredential(string description, IAccessTokenProvider source)
    {
        _description = description;
        Source = source;
    }

    /// <summary>Gets a credential without a token: the bucket must be readable by everyone.</summary>
    public static CodCredential Anonymous { get; } = new("anonymous", new NoToken());

    internal IAccessTokenProvider Source { get; }

    /// <summary>One token, which is never renewed.</summary>
    /// <param name="token">An OAuth 2.0 access token, without the word <c>Bearer</c>.</param>
    /// <returns>The credential.</returns>
    /// <exception cref="ArgumentException"><paramref name="token"/> is blank or holds a character that no token has.</exception>
    public static CodCredential FromAccessToken(string token) => new("token", new StaticToken(ValidateToken(token, nameof(token))));

    /// <summary>Tokens from your own code: asked for the first request, and again whenever the store responds with 401.</summary>
    /// <param name="getToken">
    /// Returns an access token without the word <c>Bearer</c>. Never called twice at once. What it throws ends the job at once: it is the
    /// inner exception of an <see cref="ObjectStoreException"/> with the reason <see cref="ObjectStoreFailure.Unauthorized"/>. What may
    /// pass, such as a token service that is busy, is for it to try again. It has <see cref="CodDownloadOptions.IdleTimeout"/> to give a token;
    /// then its cancellation token is cancelled, and the job ends with the same reason, whether it returns or not. It must not block its thread.
    /// </param>
    /// <returns>The credential.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="getToken"/> is <see langword="null"/>.</exception>
    public static CodCredential FromTokenProvider(Func<CancellationToken, ValueTask<string>> getToken)
    {
        ArgumentNullException.ThrowIfNull(getToken);
        return new("token source", new CallbackTokens(getToken));
    }

    /// <summary>Google's application default credentials: the environment variable <c>GOOGLE_APPLICATION_CREDENTIALS</c>, the login of
    /// <c>gcloud auth application-default login</c>, or the metadata server of the machine, in this order.</summary>
    /// <returns>The credential; it is looked up when the first token is needed.</returns>
    public static CodCredential ApplicationDefault() =>
        new("application default", new GoogleTokens(static ct => GoogleCredential.GetApplicationDefaultAsync(ct)));

    /// <summary>The key file of a service account (JSON).</summary>
    /// <param name="path">The file; it is read when the first token is needed.</param>
    /// <returns>The credential.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is blank.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static CodCredential FromServiceAccountFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException("There is no service account key file at the given path.", path);
        }

        return new("service account", new GoogleTokens(async ct =>
            (await CredentialFactory.FromFileAsync<ServiceAccountCredential>(path, ct).ConfigureAwait(false)).ToGoogleCredential()));
    }

    /// <summary>A credential that your code has made with the <c>Google.Apis.Auth</c> library.</summary>
    /// <param name="credential">The credential; it is given the scope <c>devstorage.read_only</c> where it needs one.</param>
    /// <returns>The credential.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="credential"/> is <see langword="null"/>.</exception>
    public static CodCredential FromGoogleCredential(GoogleCredential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return new("Google credential", new GoogleTokens(_ => Task.FromResult(credential)));
    }

    /// <summary>Names the kind of credential, never a secret.</summary>
    /// <returns>For example <c>service account</c>.</returns>
    public override string ToString() => _description;

    internal static string ValidateToken(string? token, string parameterName)
    {
        // RFC 6750, section 2.1: a bearer token has visible ASCII characters only. Anything else could split the header.
        return string.IsNullOrWhiteSpace(token) || !token.All(c => c is > ' ' and < (char)0x7F)
            ? throw new ArgumentException("The token is blank or holds a character that no access token has.", parameterName)
            : token;
    }

    private sealed class NoToken : IAccessTokenProvider
    {
        public ObjectStoreFailure OnTimeout => ObjectStoreFailure.Unauthorized;

        public ValueTask<string?> GetAsync(string? stale, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
    }

    private sealed class StaticToken(string token) : IAccessTokenProvider
    {
        public ObjectStoreFailure OnTimeout => ObjectStoreFailure.Unauthorized;

        public ValueTask<string?> GetAsync(string? stale, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(token);
    }

    private sealed class CallbackTokens(Func<CancellationToken, ValueTask<string>> getToken) : IAccessTokenProvider
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
                return ValidateToken(await getToken(cancellationToken).ConfigureAwait(false), nameof(getToken));
            }
#pragma warning disable CA1031 // Whatever the caller's code throws, there is no token, and no request can be made.
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                throw new ObjectStoreException(ObjectStoreFailure.Unauthorized, "The token source failed.", e);
            }
        }
    }

    private sealed class GoogleTokens(Func<CancellationToken, Task<GoogleCredential>> getCredential) : IAccessTokenProvider
    {
        private readonly SemaphoreSlim _one = new(1, 1);
        private volatile GoogleCredential? _credential;
        private string? _renewed;

        // As when Google cannot be reached.
        public ObjectStoreFailure OnTimeout => ObjectStoreFailure.Unavailable;

        // A key file that is none, or a login that was revoked, is a missing permission like a 401, and documented like it.
        public async ValueTask<string?> GetAsync(string? stale, CancellationToken cancellationToken)
        {
            try
            {
                return await GetTokenAsync(stale, cancellationToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever Google's library throws, there is no token.
            catch (Exception e) when (e is not CodRetrieveException && !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                throw WithoutToken(e);
            }
        }

        private static ObjectStoreException WithoutToken(Exception cause) => cause is HttpRequestException
            ? new(ObjectStoreFailure.Unavailable, "Google could not be reached for an access token.", cause)
            // Messages of these two are written for users and hold no secret; those of a parser may repeat the file.
            : new(ObjectStoreFailure.Unauthorized, $"Google's library gave no access token: {(cause is InvalidOperationException or TokenResponseException ? cause.Message : cause.GetType().Name)}", cause);

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
                return _credential ??= await ScopedAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _one.Release();
            }
        }

        private async Task<GoogleCredential> ScopedAsync(CancellationToken cancellationToken)
        {
            var credential = await getCredential(cancellationToken).ConfigureAwait(false);
            return credential.IsCreateScopedRequired ? credential.CreateScoped(ReadOnlyScope) : credential;
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
}
