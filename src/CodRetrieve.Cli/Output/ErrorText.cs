using CodRetrieve.Cli.Input;

namespace CodRetrieve.Cli.Output;

/// <summary>What ended a command, for people.</summary>
internal static class ErrorText
{
    public static string Text(Exception cause) => cause switch
    {
        OperationCanceledException => "Cancelled. What is saved stays; run the same command again to go on.",
        JobFailedException { InnerException: { } inner } => Text(inner),
        CodRetrieveException or UsageException or NothingFoundException => cause.Message,
        _ => $"{cause.GetType().Name}: {cause.Message}",
    };

    /// <summary>The text, and what to do next where that is a matter of this command line.</summary>
    public static string TextWithNextStep(Exception cause, Request request, IReadOnlyDictionary<string, string?> environment) =>
        NextStep(cause, request, environment) is { } step ? $"{Text(cause)} {step}" : Text(cause);

    private static string? NextStep(Exception cause, Request request, IReadOnlyDictionary<string, string?> environment) => cause switch
    {
        JobFailedException { InnerException: { } inner } => NextStep(inner, request, environment),
        ObjectStoreException { Reason: ObjectStoreFailure.Unauthorized or ObjectStoreFailure.Forbidden } when FoundLogin(request, environment) is { } found =>
            $"The login in {found} was used because it was found; without it the bucket cannot be read either. Give another one by --credentials FILE or --token-command CMD, or --anonymous for none.",
        ObjectStoreException { Reason: ObjectStoreFailure.Unauthorized } when IsWithoutLogin(request, environment) && GcloudFolder.HasOwnLogin(environment) =>
            "gcloud is logged in, but not for other programs: run 'gcloud auth application-default login', or give --token-command 'gcloud auth print-access-token'.",
        ObjectStoreException { Reason: ObjectStoreFailure.Unauthorized } =>
            "Set COD_RETRIEVE_TOKEN, or give --credentials FILE, --token-command CMD or --adc, and run the same command again: it goes on where it ended.",
        ObjectStoreException { Reason: ObjectStoreFailure.Forbidden } =>
            "Have the permission given, use another login, or name the project to bill by --user-project.",
        ObjectStoreException { Reason: ObjectStoreFailure.NotFound } =>
            "Check the bucket's name, and that the login may see it.",
        ObjectStoreException { Reason: ObjectStoreFailure.Unavailable or ObjectStoreFailure.Unreachable } =>
            "Check the network, HTTPS_PROXY and --endpoint, and run the same command again: it goes on where it ended. --retry-for waits longer.",
        DestinationException { Reason: DestinationFailure.Full } when request.Directory is not null =>
            "--no-space-check turns a check before the end off; -o takes another folder.",
        DestinationException { Reason: DestinationFailure.InUse } =>
            "Wait for the other one to end, or give another folder by -o.",
        DestinationException { Reason: DestinationFailure.AccessDenied } =>
            $"Set {Receiver.UserVariable} and {Receiver.PasswordVariable}, or give --to-token-command CMD or --to-client-certificate FILE.",
        _ => null,
    };

    private static string? FoundLogin(Request request, IReadOnlyDictionary<string, string?> environment) =>
        HasTokenInUrl(request) ? null : CredentialChoice.FindLogin(request.Login, EndpointChoice.Choose(request.Network.Endpoint, environment), environment);

    private static bool IsWithoutLogin(Request request, IReadOnlyDictionary<string, string?> environment) =>
        !HasTokenInUrl(request) && !CredentialChoice.IsAsked(request.Login, environment);

    private static bool HasTokenInUrl(Request request) => request.Bucket.Contains("token=", StringComparison.OrdinalIgnoreCase);
}
