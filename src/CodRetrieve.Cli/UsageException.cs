namespace CodRetrieve.Cli;

/// <summary>What the user gave cannot be worked with. The message is for the user and holds no secret.</summary>
internal sealed class UsageException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What the library says of a value that came from the command line, without the name of a parameter of its own.</summary>
    public static UsageException From(ArgumentException exception)
    {
        var name = exception.Message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        return new UsageException(name < 0 ? exception.Message : exception.Message[..name], exception);
    }
}
