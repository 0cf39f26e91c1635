using System.Runtime.CompilerServices;
using CodRetrieve.Storage;
using Google.Apis.Auth.OAuth2;

namespace CodRetrieve;

/// <summary>Where the access tokens come from that a bucket is read with.</summary>
/// <remarks>
/// A credential is asked for a token when the first request is made, and once more when the store responds with 401 (expired or invalid
/// token); a second 401 ends the job. Requests to Google for tokens take the same way as those to the store:
/// <see cref="CodDownloadOptions.HttpClientFactory"/>, proxy and authorities. Instances hold no secret in <see cref="ToString"/> and are safe for
/// use by several jobs at once.
/// </remarks>
public sealed class CodCredential
{
    private readonly string _description;
    private readonly Func<HttpClientSource, TimeProvider, IAccessTokenProvider> _getTokens;

    private CodCredential(string description, Func<HttpClientSource, TimeProvider, IAccessTokenProvider> getTokens, bool hasAnonymousFallback = false)
    {
        _description = description;
        _getTokens = getTokens;
        HasAnonymousFallback = hasAnonymousFallback;
    }

    private CodCredential(string description, IAccessTokenProvider tokens)
        : this(description, (_, _) => tokens)
    {
    }

    /// <summary>Gets a credential without a token: the bucket must be readable by everyone.</summary>
    public static CodCredential Anonymous { get; } = new("anonymous", new StaticToken(null));

    /// <summary>Whether a bucket that refuses the first request is tried without a token.</summary>
    internal bool HasAnonymousFallback { get; }

    /// <summary>One token, which is never renewed.</summary>
    /// <param name="token">An OAuth 2.0 access token, without the word <c>Bearer</c>.</param>
    /// <returns>The credential.</returns>
    /// <exception cref="ArgumentException"><paramref name="token"/> is blank or holds a character that no token has.</exception>
    public static CodCredential FromAccessToken(string token) => new("token", new StaticToken(ValidateToken(token, nameof(token))));

    /// <summary>Tokens from your own code: asked for the first request, and again whenever the store responds with 401.</summary>
    /// <param name="getToken">
    /// Returns an access token without the word <c>Bearer</c>. Never called twice at once. What it throws ends the job at once: it is the
    /// inner exception of an <see cref="ObjectStoreException"/> with the reason <see cref="ObjectStoreFailure.Unauthorized"/>; one of its own with that
    /// reason is taken as it is. What may
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
    /// <c>gcloud auth application-default login</c> (in the folder that <c>CLOUDSDK_CONFIG</c> names, if it does), or the metadata server of the machine, in this order.</summary>
    /// <returns>The credential; it is looked up when the first token is needed.</returns>
    public static CodCredential ApplicationDefault() => OfGoogle("application default", ApplicationDefaultAsync, static () => FindApplicationDefaultFile());

    /// <summary>Returns the file that <see cref="ApplicationDefault"/> reads.</summary>
    /// <param name="getVariable">Returns the value of an environment variable; <see langword="null"/>, the default, for those of this process.</param>
    /// <returns>Its path; <see langword="null"/> where there is none, and the metadata server of the machine is asked.</returns>
    public static string? FindApplicationDefaultFile(Func<string, string?>? getVariable = null) =>
        ApplicationDefaultFile.Find(getVariable ?? Environment.GetEnvironmentVariable);

    /// <summary>The key file of a service account (JSON).</summary>
    /// <param name="path">The file; it is read when the first token is needed.</param>
    /// <returns>The credential.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is blank.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static CodCredential FromServiceAccountFile(string path)
    {
        ThrowIfNoFile(path);
        return OfGoogle(
            "service account",
            async ct => (await CredentialFactory.FromFileAsync<ServiceAccountCredential>(path, ct).ConfigureAwait(false)).ToGoogleCredential(),
            () => path);
    }

    /// <summary>
    /// A credential file of any kind that Google's tools write (JSON): the key of a service account, a person's login, a federated (<c>external_account</c>) or an impersonated
    /// account. Take it from whom you trust only: such a file says which addresses are asked for tokens.
    /// </summary>
    /// <param name="path">The file; its kind is checked now, and it is read again when the first token is needed.</param>
    /// <returns>The credential.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is blank, or the file holds no credential; the message says what it holds instead.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static CodCredential FromCredentialFile(string path)
    {
        ThrowIfNoFile(path);
        var type = CredentialFile.TypeOf(path);
        return OfGoogle($"credential file ({type})", ct => CredentialFactory.FromFileAsync(path, type, ct), () => path);
    }

    /// <summary>A credential that your code has made with the <c>Google.Apis.Auth</c> library.</summary>
    /// <param name="credential">
    /// The credential; it is given the scope <c>devstorage.read_only</c> where it needs one. Its requests for tokens are its own: a proxy for them is
    /// set by its <c>HttpClientFactory</c>.
    /// </param>
    /// <returns>The credential.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="credential"/> is <see langword="null"/>.</exception>
    public static CodCredential FromGoogleCredential(GoogleCredential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return new("Google credential", new GoogleTokens(_ => Task.FromResult(credential), static () => null, null, TimeProvider.System));
    }

    /// <summary>
    /// The same, for a login that was found and not asked for: where no token comes, or the first request is refused with it (401 or 403), the bucket is tried once without a
    /// token, and read so if that works; else the failure is the one with the login.
    /// </summary>
    /// <returns>The credential.</returns>
    public CodCredential WithAnonymousFallback() => new(_description, _getTokens, hasAnonymousFallback: true);

    /// <summary>Names the kind of credential, never a secret.</summary>
    /// <returns>For example <c>service account</c>.</returns>
    public override string ToString() => _description;

    /// <summary>The tokens for requests that go through a client.</summary>
    internal IAccessTokenProvider GetTokens(HttpClientSource http, TimeProvider time) => _getTokens(http, time);

    internal static string ValidateToken(string? token, string parameterName)
    {
        // RFC 6750, section 2.1: a bearer token has visible ASCII characters only. Anything else could split the header.
        return string.IsNullOrWhiteSpace(token) || !token.All(c => c is > ' ' and < (char)0x7F)
            ? throw new ArgumentException("The token is blank or holds a character that no access token has.", parameterName)
            : token;
    }

    // Those who share connections share tokens.
    private static CodCredential OfGoogle(string description, Func<CancellationToken, Task<GoogleCredential>> getCredential, Func<string?> source)
    {
        var tokens = new ConditionalWeakTable<object, GoogleTokens>();
        return new(description, (http, time) => tokens.GetValue(http.Identity, _ => new GoogleTokens(getCredential, source, new TokenClient(http), time)));
    }

    private static Task<GoogleCredential> ApplicationDefaultAsync(CancellationToken cancellationToken) =>
        FindApplicationDefaultFile() is { } file
            ? CredentialFactory.FromFileAsync(file, TypeOfFound(file), cancellationToken)
            : GoogleCredential.GetApplicationDefaultAsync(cancellationToken);

    private static string TypeOfFound(string file)
    {
        try
        {
            return CredentialFile.TypeOf(file);
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(e.Message, e);
        }
    }

    private static void ThrowIfNoFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException("There is no credential file at the given path.", path);
        }
    }
}
