namespace CodRetrieve.Storage;

/// <summary>The file of application default credentials, where gcloud and Google's libraries look for it.</summary>
internal static class ApplicationDefaultFile
{
    /// <param name="get">Returns the value of an environment variable.</param>
    /// <returns>Its path; <see langword="null"/> where there is none.</returns>
    public static string? Find(Func<string, string?> get)
    {
        if (get("GOOGLE_APPLICATION_CREDENTIALS") is { Length: > 0 } named)
        {
            return named;
        }

        // gcloud's own variable, which Google's library does not know.
        var folder = get("CLOUDSDK_CONFIG") is { Length: > 0 } configured ? configured
            : get("APPDATA") is { Length: > 0 } appData ? Path.Combine(appData, "gcloud")
            : get("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config", "gcloud")
            : null;
        var file = folder is null ? null : Path.Combine(folder, "application_default_credentials.json");
        return File.Exists(file) ? file : null;
    }
}
