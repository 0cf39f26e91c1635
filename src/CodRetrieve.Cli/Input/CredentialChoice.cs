using CodRetrieve.Cli.Options;

namespace CodRetrieve.Cli.Input;

/// <summary>Whose rights are used for a bucket that was given no token.</summary>
/// <param name="Credential">Where tokens come from.</param>
/// <param name="FoundLogin">The file of a login that was found and not asked for; <see langword="null"/> where there is none.</param>
internal sealed record CredentialChoice(CodCredential Credential, string? FoundLogin)
{
    public const string TokenVariable = "COD_RETRIEVE_TOKEN";

    /// <exception cref="ArgumentException">The token can be none, or the file holds no credential.</exception>
    /// <exception cref="UsageException">There is no such file.</exception>
    public static CredentialChoice Choose(LoginRequest request, Uri? endpoint, IReadOnlyDictionary<string, string?> environment) =>
        Asked(request, environment) is { } asked ? new CredentialChoice(asked, null)
        // A login for Google's cloud is nothing that an emulator should see, unless it is asked for.
        : !request.Anonymous && EndpointChoice.IsGoogle(endpoint) && GcloudFolder.FindLogin(environment) is { } found
            ? new CredentialChoice(CodCredential.ApplicationDefault().WithAnonymousFallback(), found)
            : new CredentialChoice(CodCredential.Anonymous, null);

    private static CodCredential? Asked(LoginRequest request, IReadOnlyDictionary<string, string?> environment) => request switch
    {
        { CredentialsFile: { } file } => FromFile(file),
        { TokenFile: { } file } => TokenFile.ToCredential(file),
        { TokenCommand: { } command } => TokenCommand.ToCredential(command),
        { ApplicationDefault: true } => CodCredential.ApplicationDefault(),
        _ => environment.GetValueOrDefault(TokenVariable)?.Trim() is { Length: > 0 } token ? CodCredential.FromAccessToken(token) : null,
    };

    private static CodCredential FromFile(string file)
    {
        try
        {
            return CodCredential.FromCredentialFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(e is FileNotFoundException ? $"There is no credential file '{file}'." : $"The credential file '{file}' cannot be read: {e.Message}", e);
        }
    }
}
