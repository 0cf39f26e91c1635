namespace CodRetrieve.Service.Security;

internal static partial class SecurityLog
{
    [LoggerMessage(1101, LogLevel.Warning, "Sign-in by OpenID Connect failed")]
    public static partial void LogSignInFailed(this ILogger logger, Exception? exception);

    [LoggerMessage(1102, LogLevel.Information, "{Name} signed in with API key {KeyId} as {Role}")]
    public static partial void LogSignedIn(this ILogger logger, string name, string keyId, ServiceRole role);

    [LoggerMessage(1103, LogLevel.Warning, "Sign-in with an API key failed from {Address}")]
    public static partial void LogSignInRefused(this ILogger logger, string? address);

    [LoggerMessage(1104, LogLevel.Warning,
        "Nobody is configured who may use the service: requests from this machine need no credential, all others are refused. Create a key (keys create) or configure Security:OpenIdConnect")]
    public static partial void LogOpenOnLoopback(this ILogger logger);

    [LoggerMessage(1105, LogLevel.Warning, "Nobody is configured who may use the service: every request is refused. Create a key (keys create) or configure Security:OpenIdConnect")]
    public static partial void LogClosed(this ILogger logger);

    [LoggerMessage(1106, LogLevel.Warning, "The ledger does not say whether there are API keys ({Error}): every request is refused until it does. /health/ready says what is wrong with it")]
    public static partial void LogAccessUnknown(this ILogger logger, string error);
}
