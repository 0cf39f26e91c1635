namespace CodRetrieve.Cli.Cohorts;

/// <summary>From this line on a cohort cannot be read.</summary>
internal sealed class CohortFormatException(long line, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public long Line { get; } = line;
}
