namespace CodRetrieve.Cli.Input;

/// <summary>Where the JSON API is: Google's, unless an option or the emulator's environment variable says otherwise.</summary>
internal static class EndpointChoice
{
    public const string Variable = "STORAGE_EMULATOR_HOST";

    private const string ApiPath = "/storage/v1";

    /// <returns>The endpoint; <see langword="null"/> for the library's default.</returns>
    /// <exception cref="UsageException">The text is not the address of an endpoint.</exception>
    public static Uri? Choose(string? option, IReadOnlyDictionary<string, string?> environment)
    {
        if (option is not null)
        {
            return Parse(option.Trim(), "--endpoint");
        }

        var host = environment.GetValueOrDefault(Variable)?.Trim();
        if (string.IsNullOrEmpty(host))
        {
            return null;
        }

        // Google's own libraries take the variable with and without a scheme.
        return Parse(host.Contains("://", StringComparison.Ordinal) ? host : "http://" + host, Variable);
    }

    public static bool IsGoogle(Uri? endpoint) => endpoint is null
        || (endpoint.Scheme == Uri.UriSchemeHttps && endpoint.Host.EndsWith(".googleapis.com", StringComparison.OrdinalIgnoreCase));

    // What other tools want with the path of the API, and with a slash, is given so to all of them.
    private static Uri Parse(string text, string source) => ParseRoot(WithoutApiPath(text.TrimEnd('/')), source);

    private static string WithoutApiPath(string text) =>
        text.EndsWith(ApiPath, StringComparison.OrdinalIgnoreCase) ? text[..^ApiPath.Length] : text;

    private static Uri ParseRoot(string text, string source) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Query.Length == 0
            ? uri
            : throw new UsageException($"{source} must be an http or https address without user and query, for example http://localhost:4443.");
}
