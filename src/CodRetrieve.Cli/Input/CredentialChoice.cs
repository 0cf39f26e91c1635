using CodRetrieve.Cli.Options;

namespace CodRetrieve.Cli.Input;

/// <summary>Whose rights are used for a bucket that was given no token.</summary>
internal static class CredentialChoice
{
    public const string TokenVariable = "COD_RETRIEVE_TOKEN";

    /// <exception cref="ArgumentException">The token can be none, or the file holds no credential.</exception>
    /// <exception cref="UsageException">There is no such file.</exception>
    public static CodCredential Choose(LoginRequest request, Uri? endpoint, IReadOnlyDictionary<string, string?> environment) =>
        Asked(request, environment)
        ?? (FindLogin(request, endpoint, environment) is null ? CodCredential.Anonymous : CodCredential.ApplicationDefault().WithAnonymousFallback());

    /// <summary>Whether it was said, by an option or the token's variable, whose rights are used.</summary>
    public static bool IsAsked(LoginRequest request, IReadOnlyDictionary<string, string?> environment) => request.IsChosen || TokenIn(environment) is not null;

    /// <summary>The file of a login that is used since it was found; <see langword="null"/> where there is none, or another was asked for.</summary>
    public static string? FindLogin(LoginRequest request, Uri? endpoint, IReadOnlyDictionary<string, string?> environment) =>
        // A login for Google's cloud is nothing that an emulator should see, unless it is asked for.
        !IsAsked(request, environment) && EndpointChoice.IsGoogle(endpoint) ? GcloudFolder.FindLogin(environment) : null;

    private static CodCredential? Asked(LoginRequest request, IReadOnlyDictionary<string, string?> environment) => request switch
    {
        { CredentialsFile: { } file } => FromFile(file),
        { TokenFile: { } file } => TokenFile.ToCredential(file),
        { TokenCommand: { } command } => TokenCommand.ToCredential(command, "--token-command"),
        { ApplicationDefault: true } => CodCredential.ApplicationDefault(),
        _ => TokenIn(environment) is { } token ? CodCredential.FromAccessToken(token) : null,
    };

    private static string? TokenIn(IReadOnlyDictionary<string, string?> environment) =>
        environment.GetValueOrDefault(TokenVariable)?.Trim() is { Length: > 0 } token ? token : null;

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
