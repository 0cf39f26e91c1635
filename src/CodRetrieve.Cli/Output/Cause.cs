namespace CodRetrieve.Cli.Output;

/// <summary>What ended a command, for people.</summary>
internal static class Cause
{
    public static string Text(Exception cause) => cause switch
    {
        OperationCanceledException => "Cancelled. What is saved stays; run the same command again to go on.",
        JobStoppedException { InnerException: { } inner } => Text(inner),
        CodRetrieveException or UsageException => cause.Message,
        _ => $"{cause.GetType().Name}: {cause.Message}",
    };
}
