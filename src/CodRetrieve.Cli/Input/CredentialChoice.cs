namespace CodRetrieve.Cli.Input;

/// <summary>Whose rights are used for a bucket that was given no token.</summary>
internal static class CredentialChoice
{
    public const string TokenVariable = "COD_RETRIEVE_TOKEN";

    /// <exception cref="ArgumentException">The token can be none.</exception>
    /// <exception cref="UsageException">There is no such key file.</exception>
    public static CodCredential Choose(Request request, Uri? endpoint, IReadOnlyDictionary<string, string?> environment)
    {
        if (request.CredentialsFile is { } file)
        {
            return FromFile(file);
        }

        if (request.ApplicationDefault)
        {
            return CodCredential.ApplicationDefault();
        }

        if (environment.GetValueOrDefault(TokenVariable)?.Trim() is { Length: > 0 } token)
        {
            return CodCredential.FromAccessToken(token);
        }

        // A login for Google's cloud is nothing that an emulator should see, unless it is asked for.
        return !request.Anonymous && EndpointChoice.IsGoogle(endpoint) && HasLogin(environment)
            ? CodCredential.ApplicationDefault()
            : CodCredential.Anonymous;
    }

    /// <summary>Whether there is something for Google's application default credentials to find, by the places where their library looks.</summary>
    public static bool HasLogin(IReadOnlyDictionary<string, string?> environment)
    {
        if (!string.IsNullOrEmpty(environment.GetValueOrDefault("GOOGLE_APPLICATION_CREDENTIALS")))
        {
            return true;
        }

        var folder = environment.GetValueOrDefault("APPDATA") is { Length: > 0 } appData ? appData
            : environment.GetValueOrDefault("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config")
            : null;
        return folder is not null && File.Exists(Path.Combine(folder, "gcloud", "application_default_credentials.json"));
    }

    private static CodCredential FromFile(string file)
    {
        try
        {
            return CodCredential.FromServiceAccountFile(file);
        }
        catch (FileNotFoundException e)
        {
            throw new UsageException($"There is no service account key file '{file}'.", e);
        }
    }
}
