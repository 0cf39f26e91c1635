namespace CodRetrieve.Cli.Input;

/// <summary>What gcloud keeps of its logins on this machine.</summary>
internal static class GcloudFolder
{
    /// <summary>The file that Google's application default credentials would be read from; <see langword="null"/> where there is none.</summary>
    public static string? FindLogin(IReadOnlyDictionary<string, string?> environment) => CodCredential.FindApplicationDefaultFile(environment.GetValueOrDefault);

    /// <summary>The certificates of authorities that gcloud was given by its variable; <see langword="null"/> for none.</summary>
    public static string? FindAuthorities(IReadOnlyDictionary<string, string?> environment) =>
        environment.GetValueOrDefault("CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE") is { Length: > 0 } file && File.Exists(file) ? file : null;

    /// <summary>Whether a person is logged in to gcloud itself, which is no login for other programs.</summary>
    public static bool HasOwnLogin(IReadOnlyDictionary<string, string?> environment)
    {
        var folder = environment.GetValueOrDefault("CLOUDSDK_CONFIG") is { Length: > 0 } configured ? configured
            : environment.GetValueOrDefault("APPDATA") is { Length: > 0 } appData ? Path.Combine(appData, "gcloud")
            : environment.GetValueOrDefault("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config", "gcloud")
            : null;
        return folder is not null && File.Exists(Path.Combine(folder, "credentials.db"));
    }
}
