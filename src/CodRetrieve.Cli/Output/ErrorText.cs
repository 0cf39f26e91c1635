namespace CodRetrieve.Cli.Output;

/// <summary>What ended a command, for people.</summary>
internal static class ErrorText
{
    public static string Text(Exception cause) => cause switch
    {
        OperationCanceledException => "Cancelled. What is saved stays; run the same command again to go on.",
        JobFailedException { InnerException: { } inner } => Text(inner),
        CodRetrieveException or UsageException => cause.Message,
        _ => $"{cause.GetType().Name}: {cause.Message}",
    };

    /// <summary>The text, and what to do next where that is a matter of this command line.</summary>
    public static string TextWithNextStep(Exception cause) => NextStep(cause) is { } step ? $"{Text(cause)} {step}" : Text(cause);

    private static string? NextStep(Exception cause) => cause switch
    {
        JobFailedException { InnerException: { } inner } => NextStep(inner),
        ObjectStoreException { Reason: ObjectStoreFailure.Unauthorized } =>
            "Set COD_RETRIEVE_TOKEN, or give --credentials FILE or --adc, and run the same command again: it goes on where it ended.",
        ObjectStoreException { Reason: ObjectStoreFailure.Forbidden } =>
            "Have the permission given, use another login, or name the project to bill by --user-project.",
        ObjectStoreException { Reason: ObjectStoreFailure.NotFound } =>
            "Check the bucket's name, and that the login may see it.",
        ObjectStoreException { Reason: ObjectStoreFailure.Unavailable or ObjectStoreFailure.Unreachable } =>
            "Check the network, HTTPS_PROXY and --endpoint, and run the same command again: it goes on where it ended.",
        DestinationException { Reason: DestinationFailure.Full } =>
            "--no-space-check turns a check before the end off; -o takes another folder.",
        DestinationException { Reason: DestinationFailure.InUse } =>
            "Wait for the other one to end, or give another folder by -o.",
        _ => null,
    };
}
