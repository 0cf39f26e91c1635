namespace CodRetrieve.DicomWeb;

/// <summary>No response came from a receiver, or not all of it.</summary>
internal sealed class ReceiverUnavailableException(string message, Exception? cause) : IOException(message, cause)
{
    /// <summary>Gets how long the receiver asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
