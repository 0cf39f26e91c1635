namespace CodRetrieve;

/// <summary>The place where instances are saved does not work: no further instance can be saved. Stops the job.</summary>
public sealed class DestinationException : CodRetrieveException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="reason">What is wrong with the destination.</param>
    /// <param name="message">What failed, with the path and the remedy.</param>
    /// <param name="innerException">The cause, or <see langword="null"/>.</param>
    public DestinationException(DestinationFailure reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>Gets what is wrong with the destination.</summary>
    public DestinationFailure Reason { get; }
}
